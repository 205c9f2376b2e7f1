import { randomBytes } from "node:crypto";
import { rm, stat, writeFile } from "node:fs/promises";
import { dirname, extname, join, resolve } from "node:path";
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
 * Makes a folder, and finds out before the work whether files can be written in it: what the system says of rights is not
 * the whole truth everywhere.
 * @throws UndertoneError `file-unreadable`, `disk-full`
 */
export async function assertWritable(folder: string): Promise<void> {
  const trial = join(folder, `.undertone-${randomBytes(4).toString("hex")}.tmp`);
  await makeFolder(folder);
  try {
    await writeFile(trial, "");
    await rm(trial);
  } catch (error) {
    throw fileError(folder, error);
  }
}

/**
 * Finds out before the work whether a file can be written, or replaced; `undefined` is written nowhere.
 * @throws UndertoneError `file-unreadable`, `disk-full`
 */
export async function assertWritableFile(path: string | undefined): Promise<void> {
  if (path === undefined) return;
  await assertWritable(dirname(resolve(path)));
  const isFolder = await stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (isFolder) throw new UndertoneError("file-unreadable", `${path}: is a folder, not a file.`);
}

/**
 * Finds out before the work whether a file can be written.
 * @throws UndertoneError `usage` where something of this name exists, `file-unreadable`, `disk-full`
 */
export async function assertNewFile(path: string): Promise<void> {
  await assertWritable(dirname(resolve(path)));
  const exists = await stat(path).then(
    () => true,
    () => false,
  );
  if (!exists) return;
  const message = `${path} exists. Name another file, or delete it first.`;
  throw new UndertoneError("usage", message);
}
