import {
  readChannels,
  readSamples,
  type ChannelReading,
  type ReadOptions,
} from "../audio/read-channels.ts";
import { Resampler } from "../audio/resample.ts";
import type { SoundSource } from "../audio/source.ts";
import type { Closable } from "../shared/closing.ts";
import { throwIfCancelled } from "../shared/errors.ts";
import type { Sound } from "./audio-input.ts";

/** A recording that is open until it is closed. */
export interface OpenSound extends Closable {
  /** Its bytes, where it has any. */
  readonly source: SoundSource | undefined;
  /** Reads the channels that are meant; blocks that come live can be read once, and are mono. */
  read(options: ReadOptions): ChannelReading;
}

/** How recordings are read here. */
export interface SoundOpener {
  /** Opens what stands at a path or `file:` URL. */
  readonly openFile: (path: string) => Promise<SoundSource & Closable>;
  /** Reads bytes; by default `readChannels`. */
  readonly readSource?: typeof readChannels;
}

/**
 * Opens a recording.
 * @throws UndertoneError `file-not-found`, `file-unreadable`
 */
export async function openSound(
  sound: Sound,
  { openFile, readSource = readChannels }: SoundOpener,
): Promise<OpenSound> {
  if ("blocks" in sound) {
    const { blocks, sampleRate: fromHz } = sound;
    return {
      source: undefined,
      read: ({ sampleRate: toHz, signal }) => ({
        warnings: [],
        incomplete: null,
        [Symbol.asyncIterator]: () => resampleBlocks(blocks, { fromHz, toHz, signal }),
      }),
      close: async () => {},
    };
  }
  if ("samples" in sound) {
    const { samples } = sound;
    const read = (options: ReadOptions): ChannelReading => readSamples(samples, options);
    return { source: undefined, read, close: async () => {} };
  }
  const file = "path" in sound ? await openFile(sound.path) : undefined;
  const source = "path" in sound ? file! : sound.source;
  return {
    source,
    read: (options) => readSource(source, options),
    close: async () => file?.close(),
  };
}

interface ResampleOptions {
  readonly fromHz: number;
  readonly toHz: number;
  readonly signal: AbortSignal | undefined;
}

async function* resampleBlocks(
  blocks: AsyncIterable<Float32Array> | Iterable<Float32Array>,
  { fromHz, toHz, signal }: ResampleOptions,
): AsyncGenerator<readonly Float32Array[]> {
  const resampler = Resampler.create(fromHz, toHz);
  for await (const block of blocks) {
    throwIfCancelled(signal);
    yield [resampler.push(block)];
  }
  yield [resampler.finish()];
}
