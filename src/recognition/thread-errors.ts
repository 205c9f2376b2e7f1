import { errorCodes, UndertoneError } from "../shared/errors.ts";
import type { SentError } from "./thread-protocol.ts";

/** Turns an error into what can be sent to another thread. */
export function sendableError(error: unknown): SentError {
  if (!(error instanceof Error)) {
    return { name: "Error", message: String(error), code: undefined, stack: undefined };
  }
  const { name, message, stack } = error;
  return {
    name,
    message,
    code: error instanceof UndertoneError ? error.code : undefined,
    stack,
    ...(error.cause !== undefined && { cause: sendableError(error.cause) }),
  };
}

const callersBugs: Readonly<Record<string, ErrorConstructor>> = { RangeError, TypeError };

/** Turns what was sent back into an error of the same class, with its stack. */
export function receivedError(sent: SentError): Error {
  const { name, message, code: sentCode, stack } = sent;
  const cause = sent.cause && { cause: receivedError(sent.cause) };
  const code = errorCodes.find((known) => known === sentCode);
  const error =
    code === undefined
      ? new (callersBugs[name] ?? Error)(message, cause)
      : new UndertoneError(code, message, cause);
  if (stack !== undefined) error.stack = stack;
  return error;
}
