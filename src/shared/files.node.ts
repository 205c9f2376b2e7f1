import { createHash, randomBytes } from "node:crypto";
import { constants, type FileHandle, open, readdir, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { UndertoneError, type ErrorCode } from "./errors.ts";
import { makeFolders } from "./make-folders.node.ts";

/** The `code` of an error of Node's file system (`ENOENT`, …), or `undefined`. */
export function systemCode(error: unknown): string | undefined {
  return error instanceof Error && "code" in error ? String(error.code) : undefined;
}

/** Converts an error of Node's file system to one that names the file and a remedy. */
export function fileError(path: string, cause: unknown): UndertoneError {
  const error = (code: ErrorCode, problem: string): UndertoneError =>
    new UndertoneError(code, `${path}: ${problem}`, { cause, path });
  if (path === "") return new UndertoneError("file-not-found", "No path given.", { cause, path });
  switch (systemCode(cause)) {
    case "ENOENT":
    case "ENOTDIR":
      return error("file-not-found", "no such file. Check the path.");
    case "EACCES":
    case "EPERM":
      return error("file-unreadable", "permission denied.");
    case "EISDIR":
      return error("file-unreadable", "is a folder, not a file.");
    case "EEXIST":
      return error("file-unreadable", "is a file, not a folder.");
    case "ELOOP":
      return error("file-unreadable", "is a link that leads back to itself. Correct the link.");
    case "ENAMETOOLONG":
      return error("file-unreadable", "the name is too long.");
    case "ERR_FS_FILE_TOO_LARGE":
    case "ERR_STRING_TOO_LONG":
      return error("file-unreadable", "is too large to be read at once. Split it.");
    case "ERR_INVALID_ARG_VALUE":
      return error("file-not-found", "a path cannot hold a NUL character. Check the path.");
    case "ENOSPC":
    case "EDQUOT":
      return error("disk-full", "the disk is full. Free some space.");
    default:
      return error("file-unreadable", String(cause));
  }
}

/**
 * Opens a file for reading. Pipes and devices, which may never end, are rejected.
 * @throws UndertoneError `file-not-found`, `file-unreadable`
 */
export async function openToRead(path: string): Promise<FileHandle> {
  // Without O_NONBLOCK, which Windows lacks, opening a pipe blocks until it has a writer.
  const flags = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);
  const file = await open(path, flags).catch((error: unknown) => {
    throw fileError(path, error);
  });
  const found = await file.stat();
  if (found.isFile()) return file;
  await file.close();
  const what = found.isDirectory() ? "a folder, not a file" : "not a regular file";
  throw new UndertoneError("file-unreadable", `${path}: is ${what}.`, { path });
}

/**
 * Reads a whole file; a pipe or device is rejected, as by `openToRead`.
 * @throws UndertoneError `file-not-found`, `file-unreadable`
 */
export async function readWholeFile(path: string): Promise<Buffer> {
  const file = await openToRead(path);
  try {
    return await file.readFile();
  } catch (error) {
    throw fileError(path, error);
  } finally {
    await file.close();
  }
}

/** Returns bytes as they are, or those of a path, as `readWholeFile`. */
export async function readGiven(file: string | Uint8Array): Promise<Uint8Array> {
  return typeof file === "string" ? readWholeFile(file) : file;
}

/** Reads a text file as `readWholeFile`. */
export async function readText(path: string): Promise<string> {
  const bytes = await readWholeFile(path);
  try {
    return bytes.toString();
  } catch (error) {
    throw fileError(path, error);
  }
}

/**
 * Returns the SHA-256 of a file, in hexadecimal.
 * @throws UndertoneError `file-not-found`, `file-unreadable`
 */
export async function hashFile(path: string): Promise<string> {
  const file = await openToRead(path);
  const hash = createHash("sha256");
  try {
    await pipeline(file.createReadStream(), hash);
  } catch (error) {
    throw fileError(path, error);
  } finally {
    await file.close();
  }
  return hash.digest("hex");
}

/**
 * Creates a folder and its parents, unless they exist.
 * @throws UndertoneError `disk-full` or `file-unreadable`
 */
export async function makeFolder(path: string): Promise<void> {
  await makeFolders(path).catch((error: unknown) => {
    throw fileError(path, error);
  });
}

/** What `replaceFile` and locks write before a file has its name. */
const temporaryName = /\.(?:\d+-[0-9a-f]{8}|[0-9a-f]{12})\.tmp$/;
/** No file is left alone for so long while it is written. */
const abandonedMs = 60_000;

/** Removes from a folder what processes that were killed left of files that begin with a name. */
export async function removeLeftovers(folder: string, name = ""): Promise<void> {
  const entries = await readdir(folder).catch(() => []);
  const left = entries.filter((each) => each.startsWith(name) && temporaryName.test(each));
  for (const path of left.map((each) => join(folder, each))) {
    const written = await stat(path).catch(() => undefined);
    if (written && Date.now() - written.mtimeMs > abandonedMs) {
      await rm(path, { force: true }).catch(() => undefined);
    }
  }
}

/**
 * Writes a temporary file and renames it, so that readers see the old or the new content and never a part of it;
 * missing folders are created.
 * @throws UndertoneError `disk-full` or `file-unreadable`
 */
export function writeFileAtomically(path: string, data: string | Uint8Array): Promise<void> {
  return replaceFile(path, data, { file: 0o666, folder: 0o777 });
}

/** Mode of files with what people said: readable by the user alone. */
export const privateMode = { file: 0o600, folder: 0o700 } as const;

/**
 * Writes like `writeFileAtomically` what the user alone may read, such as what people said; so are folders that it creates.
 * @throws UndertoneError `disk-full` or `file-unreadable`
 */
export function writePrivateFile(path: string, data: string | Uint8Array): Promise<void> {
  return replaceFile(path, data, privateMode);
}

const mostTries = 5;

/** Where someone reads the file that is replaced, Windows refuses for a moment. */
async function renameOver(from: string, to: string): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      return await rename(from, to);
    } catch (error) {
      const isHeld = ["EPERM", "EACCES", "EBUSY"].includes(systemCode(error) ?? "");
      if (!isHeld || tries === mostTries) throw error;
      await sleep(20 * tries);
    }
  }
}

/** Modes are for new files and folders, less what the process's mask takes away. */
async function replaceFile(
  path: string,
  data: string | Uint8Array,
  mode: Readonly<Record<"file" | "folder", number>>,
): Promise<void> {
  const temporary = `${path}.${process.pid}-${randomBytes(4).toString("hex")}.tmp`;
  try {
    const file = await open(temporary, "w", mode.file).catch(async (error: unknown) => {
      if (systemCode(error) !== "ENOENT") throw error;
      await makeFolders(dirname(path), mode.folder);
      return open(temporary, "w", mode.file);
    });
    try {
      await file.writeFile(data);
      await file.sync();
    } finally {
      await file.close();
    }
    await renameOver(temporary, path);
  } catch (error) {
    // The cause of the failure may prevent its removal too.
    await rm(temporary, { force: true }).catch(() => undefined);
    throw fileError(path, error);
  }
}
