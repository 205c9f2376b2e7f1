/** The codes of all failures outside the program itself. */
export const errorCodes = [
  "usage",
  "file-not-found",
  "file-unreadable",
  "audio-unsupported",
  "audio-corrupt",
  "audio-empty",
  "dataset-invalid",
  "split-leaks",
  "recipe-invalid",
  "run-invalid",
  "checkpoint-invalid",
  "model-invalid",
  "training-diverged",
  "credentials-missing",
  "network-failed",
  "checksum-mismatch",
  "disk-full",
  "busy",
  "some-failed",
  "cancelled",
] as const;

export type ErrorCode = (typeof errorCodes)[number];

/**
 * A failure of the outside world: a file, a configuration, a network, a running job.
 * The message has the failure and a remedy, `cause` the original error.
 * A caller's bug is a `RangeError` or `TypeError` instead.
 */
export class UndertoneError extends Error {
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.name = "UndertoneError";
    this.code = code;
  }
}

/** Throws an `UndertoneError` with code `cancelled` when the signal has been aborted. */
export function throwIfCancelled(signal: AbortSignal | undefined): void {
  if (signal?.aborted) {
    throw new UndertoneError("cancelled", "Cancelled.", { cause: signal.reason });
  }
}
