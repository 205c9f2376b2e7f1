import { errorCodes, UndertoneError } from "../shared/errors.ts";
import type { SentError } from "./thread-protocol.ts";

/** Turns an error into what can be sent to another thread. */
export function sendableError(error: unknown): SentError {
  if (!(error instanceof Error)) {
    return { name: "Error", message: String(error), code: undefined, stack: undefined };
  }
  const { name, message, stack } = error;
  return { name, message, code: error instanceof UndertoneError ? error.code : undefined, stack };
}

const callersBugs: Readonly<Record<string, ErrorConstructor>> = { RangeError, TypeError };

/** Turns what was sent back into an error of the same class, with its stack. */
export function receivedError({ name, message, code: sentCode, stack }: SentError): Error {
  const code = errorCodes.find((known) => known === sentCode);
  const error =
    code === undefined
      ? new (callersBugs[name] ?? Error)(message)
      : new UndertoneError(code, message);
  if (stack !== undefined) error.stack = stack;
  return error;
}
