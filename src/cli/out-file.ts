import { access, constants, stat } from "node:fs/promises";
import { extname } from "node:path";
import { UndertoneError } from "../shared/errors.ts";
import { fileError, makeFolder } from "../shared/files.node.ts";

/**
 * Returns the format that a file's extension stands for, whatever its case.
 * @throws UndertoneError `usage` naming the extensions that can be written
 */
export function formatOfFile<Format>(
  path: string,
  formats: Readonly<Record<string, Format>>,
): Format {
  const extension = extname(path).toLowerCase();
  const known = Object.entries(formats).find(([each]) => each.toLowerCase() === extension);
  if (known !== undefined) return known[1];
  const names = Object.keys(formats).join(", ");
  const what = extension === "" ? "A file without an extension" : `A ${extension} file`;
  throw new UndertoneError(
    "usage",
    `${path}: ${what} cannot be written here. Use one of: ${names}.`,
  );
}

/**
 * Makes a folder, and finds out before the work whether it can be written to.
 * @throws UndertoneError `file-unreadable`, `disk-full`
 */
export async function assertWritable(folder: string): Promise<void> {
  await makeFolder(folder);
  await access(folder, constants.W_OK).catch((error: unknown) => {
    throw fileError(folder, error);
  });
}

/** @throws UndertoneError `usage` where something of this name exists */
export async function assertNewFile(path: string): Promise<void> {
  const exists = await stat(path).then(
    () => true,
    () => false,
  );
  if (!exists) return;
  const message = `${path} exists. Name another file, or delete it first.`;
  throw new UndertoneError("usage", message);
}
