/** The codes of all failures outside the program itself. */
export const errorCodes = [
  "usage",
  "file-not-found",
  "file-unreadable",
  "audio-unsupported",
  "audio-corrupt",
  "audio-empty",
  "audio-too-large",
  "audio-incomplete",
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
  "closed",
  "cancelled",
] as const;

export type ErrorCode = (typeof errorCodes)[number];

interface ErrorOptions {
  /** The original error. */
  readonly cause?: unknown;
  /** The file that the failure is about. */
  readonly path?: string | undefined;
  /** Line of that file, from 1. */
  readonly line?: number | undefined;
  /** Fold of a run, from 1. */
  readonly fold?: number | undefined;
}

/**
 * A failure of the outside world: a file, a configuration, a network, a running job. The message has the failure and a
 * remedy; `path`, `line` and `fold` locate it. A caller's bug is a `RangeError` or `TypeError` instead.
 */
export class UndertoneError extends Error {
  readonly code: ErrorCode;
  readonly path: string | undefined;
  readonly line: number | undefined;
  readonly fold: number | undefined;

  constructor(code: ErrorCode, message: string, options: ErrorOptions = {}) {
    super(message, options);
    this.name = "UndertoneError";
    this.code = code;
    this.path = options.path;
    this.line = options.line;
    this.fold = options.fold;
  }
}

/** Throws an `UndertoneError` with code `cancelled` when the signal has been aborted. */
export function throwIfCancelled(signal: AbortSignal | undefined): void {
  if (signal?.aborted) {
    throw new UndertoneError("cancelled", "Cancelled.", { cause: signal.reason });
  }
}
