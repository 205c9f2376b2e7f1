import { UndertoneError, type ErrorCode } from "./errors.ts";

/** An error on its way between threads or processes. */
export interface SentError {
  readonly name: string;
  readonly message: string;
  readonly stack?: string | undefined;
  readonly cause?: SentError | undefined;
  /** There for an `UndertoneError`, with what locates it. */
  readonly code?: ErrorCode;
  readonly path?: string | undefined;
  readonly line?: number | undefined;
  readonly fold?: number | undefined;
}

/** Turns an error into what can be sent to another thread or process. */
export function sendableError(error: unknown): SentError {
  if (!(error instanceof Error)) return { name: "Error", message: String(error) };
  const { name, message, stack } = error;
  const cause = error.cause === undefined ? undefined : sendableError(error.cause);
  if (!(error instanceof UndertoneError)) return { name, message, stack, cause };
  const { code, path, line, fold } = error;
  return { name, message, stack, cause, code, path, line, fold };
}

const callersBugs: Readonly<Record<string, ErrorConstructor>> = { RangeError, TypeError };

/** Turns what was sent back into an error of the same class, with its stack. */
export function receivedError(sent: SentError): Error {
  const { name, message, code, stack, path, line, fold } = sent;
  const cause = sent.cause && { cause: receivedError(sent.cause) };
  const error =
    code === undefined
      ? new (callersBugs[name] ?? Error)(message, cause)
      : new UndertoneError(code, message, { ...cause, path, line, fold });
  if (stack !== undefined) error.stack = stack;
  return error;
}
