import { throwIfCancelled } from "../shared/errors.ts";

/** Work in one go is never held up by others for longer, in milliseconds. */
const longestMs = 50;

/**
 * Returns a function to await between the steps of a long work: it gives timers, messages and signals their turn when they
 * had none for a while. Data in memory would else be read to its end before Ctrl-C is noticed.
 * @throws UndertoneError from what is returned: `cancelled`
 */
export function createPace(signal: AbortSignal | undefined): () => Promise<void> {
  let sinceMs = performance.now();
  return async () => {
    throwIfCancelled(signal);
    if (performance.now() - sinceMs < longestMs) return;
    await new Promise((resolve) => setTimeout(resolve));
    sinceMs = performance.now();
    throwIfCancelled(signal);
  };
}
