import { randomBytes } from "node:crypto";
import { constants, type FileHandle, mkdir, open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { UndertoneError } from "./errors.ts";

/** The `code` of an error of Node's file system (`ENOENT`, …), or `undefined`. */
export function systemCode(error: unknown): string | undefined {
  return error instanceof Error && "code" in error ? String(error.code) : undefined;
}

/** Turns an error of Node's file system into one that names the file and says what to do. */
export function fileError(path: string, cause: unknown): UndertoneError {
  switch (systemCode(cause)) {
    case "ENOENT":
    case "ENOTDIR":
      return new UndertoneError("file-not-found", `${path}: no such file. Check the path.`, {
        cause,
      });
    case "EACCES":
    case "EPERM":
      return new UndertoneError("file-unreadable", `${path}: permission denied.`, { cause });
    case "EISDIR":
      return new UndertoneError("file-unreadable", `${path}: is a folder, not a file.`, { cause });
    case "EEXIST":
      return new UndertoneError("file-unreadable", `${path}: a file is in the place of a folder.`, {
        cause,
      });
    case "ENOSPC":
    case "EDQUOT":
      return new UndertoneError("disk-full", `${path}: the disk is full. Free some space.`, {
        cause,
      });
    default:
      return new UndertoneError("file-unreadable", `${path}: ${String(cause)}`, { cause });
  }
}

/**
 * Opens a file to read. A pipe is refused rather than waited for, and so are devices, which may never end.
 * @throws UndertoneError `file-not-found`, `file-unreadable`
 */
export async function openToRead(path: string): Promise<FileHandle> {
  // Without O_NONBLOCK, which other systems lack, opening a pipe waits for someone to write into it.
  const flags = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);
  const file = await open(path, flags).catch((error: unknown) => {
    throw fileError(path, error);
  });
  const stat = await file.stat();
  if (stat.isFile()) return file;
  await file.close();
  const what = stat.isDirectory() ? "a folder, not a file" : "not a regular file";
  throw new UndertoneError("file-unreadable", `${path}: is ${what}.`);
}

/**
 * Makes a folder, and those that it lies in, where they are not there yet.
 * @throws UndertoneError `disk-full` or `file-unreadable`
 */
export async function makeFolder(path: string): Promise<void> {
  await mkdir(path, { recursive: true }).catch((error: unknown) => {
    throw fileError(path, error);
  });
}

/**
 * Writes a file beside its place and renames it, so that readers see the old content or the new
 * and never half of it; folders are made as needed.
 * @throws UndertoneError `disk-full` or `file-unreadable`
 */
export async function writeFileAtomically(path: string, data: string | Uint8Array): Promise<void> {
  const beside = `${path}.${process.pid}-${randomBytes(4).toString("hex")}.tmp`;
  try {
    await mkdir(dirname(path), { recursive: true });
    const file = await open(beside, "w");
    try {
      await file.writeFile(data);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(beside, path);
  } catch (error) {
    // What kept it from being written may keep it from being removed too.
    await rm(beside, { force: true }).catch(() => undefined);
    throw fileError(path, error);
  }
}
