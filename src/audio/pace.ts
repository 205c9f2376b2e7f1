import { throwIfCancelled, UndertoneError } from "../shared/errors.ts";
import type { ByteSource } from "./source.ts";

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

/**
 * Returns a source that lets others have their turn, however many reads find nothing.
 * @throws UndertoneError from its reads: `cancelled`, `audio-corrupt` where there is less than there was
 */
export function paced(source: ByteSource, signal: AbortSignal | undefined): ByteSource {
  const { size } = source;
  const pace = createPace(signal);
  return {
    size,
    read: async (start, end) => {
      await pace();
      const bytes = await source.read(start, end);
      if (bytes.length < Math.min(end, size) - start) {
        throw new UndertoneError("audio-corrupt", "The file became shorter while it was read.");
      }
      return bytes;
    },
  };
}
