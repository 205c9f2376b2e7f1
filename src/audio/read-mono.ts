import { toMono } from "./mix.ts";
import {
  readChannels,
  type ChannelReading,
  type Reading,
  type ReadOptions,
} from "./read-channels.ts";
import type { SoundSource } from "./source.ts";

/** A recording read block by block; each iteration decodes it anew. */
export interface MonoReading extends Reading, AsyncIterable<Float32Array> {}

/**
 * Reads a recording of any supported format and length in bounded memory: blocks of mono samples at `sampleRate`, as long
 * as its decoder makes them. Channels with different voices are mixed, with a warning.
 * @throws UndertoneError as `readChannels`
 */
export function readMono(source: SoundSource, options: ReadOptions): MonoReading {
  return mixed(readChannels(source, options), options);
}

/** Returns a reading as mono. */
export function mixed(reading: ChannelReading, options: ReadOptions): MonoReading {
  const warnings: string[] = [];
  return {
    warnings,
    get incomplete() {
      return reading.incomplete;
    },
    [Symbol.asyncIterator]: async function* () {
      warnings.length = 0;
      let areSplit = false;
      for await (const channels of reading) {
        areSplit ||= channels.length > 1;
        yield toMono(channels);
      }
      warnings.push(...reading.warnings);
      if (areSplit && options.channels !== "split") warnings.push(twoVoices);
    },
  };
}

const twoVoices =
  "The two channels hold different voices, which were mixed. Take them one by one: --channels left, --channels right.";
