import { randomBytes } from "node:crypto";
import { mkdir, readdir, rename, rm, rmdir } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { UndertoneError } from "../shared/errors.ts";
import { fileError, systemCode } from "../shared/files.node.ts";
import { makeFolders } from "../shared/make-folders.node.ts";

/**
 * Fills a folder beside its place and renames it, so that it is there as a whole or not at all.
 * @throws UndertoneError `usage` when the folder exists and is not empty; `disk-full`, `file-unreadable`
 */
export async function createFolder(
  path: string,
  fill: (folder: string) => Promise<void>,
): Promise<void> {
  const target = resolve(path);
  await assertNewFolder(target);
  const beside = `${target}.${process.pid}-${randomBytes(4).toString("hex")}.tmp`;
  try {
    await makeFolders(dirname(target));
    await mkdir(beside);
    await fill(beside);
    await rmdir(target).catch((error: unknown) => {
      if (systemCode(error) !== "ENOENT") throw error;
    });
    await rename(beside, target);
  } catch (error) {
    await rm(beside, { recursive: true, force: true });
    if (error instanceof UndertoneError) throw error;
    // Another process was faster.
    throw ["ENOTEMPTY", "EEXIST"].includes(systemCode(error) ?? "")
      ? takenError(target)
      : fileError(target, error);
  }
}

/** @throws UndertoneError `usage` when something is there already */
export async function assertNewFolder(path: string): Promise<void> {
  try {
    if ((await readdir(path)).length === 0) return;
  } catch (error) {
    if (systemCode(error) === "ENOENT") return;
    throw fileError(path, error);
  }
  throw takenError(path);
}

function takenError(path: string): UndertoneError {
  const remedy = "Name another place, or delete it first.";
  return new UndertoneError("usage", `${path}: is there already and not empty. ${remedy}`);
}
