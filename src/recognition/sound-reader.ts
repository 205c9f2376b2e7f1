import type { Sound } from "./audio-input.ts";
import type { Pulled, SoundReference } from "./thread-protocol.ts";

/** Reads a recording for another thread. */
export interface SoundReader {
  readonly reference: SoundReference;
  /** Returns bytes or samples [start, end) of a source, or without a range the next block; `undefined` when there is none. */
  pull(range?: readonly [number, number]): Promise<Pulled | undefined>;
  /** Ends the reading of blocks early. */
  stop(): void;
}

/** Returns what reads a recording for another thread. Files are left to that thread. */
export function soundReader(sound: Sound): SoundReader {
  if ("path" in sound) {
    return { reference: sound, pull: async () => undefined, stop: () => undefined };
  }
  if ("source" in sound) {
    const { size: sizeBytes, name } = sound.source;
    return {
      reference: { sizeBytes, name },
      // A view would take its whole buffer along.
      pull: async ([start, end] = [0, 0]) => (await sound.source.read(start, end)).slice(),
      stop: () => undefined,
    };
  }
  if ("samples" in sound) {
    const { samples } = sound;
    const { sampleRate, length } = samples;
    return {
      reference: { sampleRate, length },
      pull: async ([start, end] = [0, 0]) =>
        (await samples.read(start, end)).map((channel) => channel.slice()),
      stop: () => undefined,
    };
  }
  const { blocks, sampleRate } = sound;
  const iterator =
    Symbol.asyncIterator in blocks ? blocks[Symbol.asyncIterator]() : blocks[Symbol.iterator]();
  return {
    reference: { sampleRate },
    pull: async () => {
      const next = await iterator.next();
      return next.done ? undefined : next.value;
    },
    stop: () => void iterator.return?.(),
  };
}

/** Returns a recording that pulls everything but files from another thread. */
export function pulledSound(
  reference: SoundReference,
  pull: (range?: readonly [number, number]) => Promise<Pulled | undefined>,
): Sound {
  if ("path" in reference) return reference;
  if ("sizeBytes" in reference) {
    const { sizeBytes: size, name } = reference;
    return {
      source: { size, name, read: async (start, end) => bytesOf(await pull([start, end])) },
    };
  }
  const { sampleRate } = reference;
  if ("length" in reference) {
    const { length } = reference;
    return {
      samples: {
        sampleRate,
        length,
        read: async (start, end) => channelsOf(await pull([start, end])),
      },
    };
  }
  return { sampleRate, blocks: pulledBlocks(pull) };
}

function channelsOf(pulled: Pulled | undefined): readonly Float32Array[] {
  return Array.isArray(pulled) ? pulled : [];
}

function bytesOf(pulled: Pulled | undefined): Uint8Array {
  return pulled instanceof Uint8Array ? pulled : new Uint8Array(0);
}

async function* pulledBlocks(
  pull: () => Promise<Pulled | undefined>,
): AsyncGenerator<Float32Array> {
  for (let block = await pull(); block instanceof Float32Array; block = await pull()) yield block;
}
