import { UndertoneError, throwIfCancelled } from "../shared/errors.ts";
import { decodeBlocks } from "./decode.ts";
import { toMono } from "./mix.ts";
import { Resampler } from "./resample.ts";
import type { ByteSource } from "./source.ts";

/** Bytes of a sound file, and what to call it in messages. */
export interface SoundSource extends ByteSource {
  readonly name?: string | undefined;
}

/** A recording read block by block; each iteration decodes it anew. */
export interface MonoReading extends AsyncIterable<Float32Array> {
  /** What was degraded while decoding; complete when the iteration has ended. */
  readonly warnings: readonly string[];
}

/**
 * Reads a recording of any supported format and length in bounded memory: blocks of mono samples at `sampleRate`,
 * as long as its decoder makes them.
 * @throws UndertoneError while iterating: `file-unreadable`, `audio-unsupported`, `audio-corrupt`, `audio-empty`,
 * `cancelled`; the message begins with the source's name
 */
export function readMono(
  source: SoundSource,
  options: { readonly sampleRate: number; readonly signal?: AbortSignal | undefined },
): MonoReading {
  const warnings: string[] = [];
  return {
    warnings,
    [Symbol.asyncIterator]: () => {
      warnings.length = 0;
      return monoBlocks(source, { ...options, warn: (message) => warnings.push(message) });
    },
  };
}

interface ReadingContext {
  readonly sampleRate: number;
  readonly signal?: AbortSignal | undefined;
  readonly warn: (message: string) => void;
}

async function* monoBlocks(
  source: SoundSource,
  { sampleRate, signal, warn }: ReadingContext,
): AsyncGenerator<Float32Array> {
  throwIfCancelled(signal);
  let resampler: Resampler | undefined;
  try {
    for await (const block of decodeBlocks(source, { signal, warn, wantedHz: sampleRate })) {
      resampler ??= await Resampler.create(block.sampleRate, sampleRate);
      yield resampler.push(toMono(block.channels));
    }
    if (resampler) yield resampler.finish();
  } catch (error) {
    const { name } = source;
    if (!(error instanceof UndertoneError) || name === undefined) throw error;
    if (error.message.startsWith(name)) throw error;
    throw new UndertoneError(error.code, `${name}: ${error.message}`, { cause: error });
  } finally {
    resampler?.free();
  }
}
