import { UndertoneError } from "../shared/errors.ts";

/** Returns what a failure to keep something in the browser means: `disk-full` where its storage is. */
export function storageError(cause: unknown): unknown {
  if (!(cause instanceof DOMException) || cause.name !== "QuotaExceededError") return cause;
  const message =
    "The browser's storage is full. Export your labels, remove models or recordings that are kept, and try again.";
  return new UndertoneError("disk-full", message, { cause });
}
