import { throwIfCancelled } from "../shared/errors.ts";

/**
 * Passes values on until a signal is aborted, also while the next one is waited for.
 * @yields what the source does
 * @throws UndertoneError `cancelled`
 */
export async function* abortable<Value>(
  source: AsyncIterable<Value>,
  signal: AbortSignal,
): AsyncGenerator<Value> {
  const iterator = source[Symbol.asyncIterator]();
  let isOver = false;
  try {
    for (;;) {
      throwIfCancelled(signal);
      const next = await orAborted(iterator.next(), signal);
      throwIfCancelled(signal);
      isOver = next?.done ?? false;
      if (next === undefined || next.done) return;
      yield next.value;
    }
  } finally {
    // A source that waits for its next value may never return.
    if (!isOver) void iterator.return?.().catch(() => undefined);
  }
}

/** Resolves to `undefined` if the signal is aborted first. */
function orAborted<Value>(
  promise: Promise<Value>,
  signal: AbortSignal,
): Promise<Value | undefined> {
  return new Promise((resolve, reject) => {
    const abort = (): void => resolve(undefined);
    signal.addEventListener("abort", abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}
