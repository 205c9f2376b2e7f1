import { UndertoneError } from "../../shared/errors.ts";
import { fileError } from "../../shared/files.node.ts";

/** Returns an error of writing as what clients are told where the disk is full, without the path; else `undefined`. */
export function fullDisk(path: string, cause: unknown): UndertoneError | undefined {
  const isFull = fileError(path, cause).code === "disk-full";
  return isFull
    ? new UndertoneError("disk-full", "The disk of the server is full.", { cause })
    : undefined;
}
