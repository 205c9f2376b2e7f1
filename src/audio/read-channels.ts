import { UndertoneError, throwIfCancelled } from "../shared/errors.ts";
import {
  inBatches,
  lengthOf,
  type AudioBlock,
  type Coverage,
  type DecodingContext,
} from "./blocks.ts";
import {
  ChannelComparison,
  chosenChannels,
  type ChannelChoice,
  type ChannelMode,
} from "./channels.ts";
import { decodeBlocks, incompleteOf } from "./decode.ts";
import { Resampler } from "./resample.ts";
import type { ByteSource, SoundSource } from "./source.ts";

/** Which sound of a file is meant. */
export interface SoundChoice {
  /** By default `auto`: what the channels hold decides. */
  readonly channels?: ChannelMode | undefined;
  /** Which of several audio tracks, from 1; by default the one that the file names as such. */
  readonly track?: number | undefined;
}

export interface ReadOptions extends SoundChoice {
  /** Hz, of the samples. */
  readonly sampleRate: number;
  readonly signal?: AbortSignal | undefined;
}

/** What is told of a reading; complete when its iteration has ended. */
export interface Reading {
  /** What was degraded while decoding. */
  readonly warnings: readonly string[];
  /** Set where less than nine tenths of what the file promises could be decoded. */
  readonly incomplete: Coverage | null;
}

/** A recording read block by block; each iteration decodes it anew. */
export interface ChannelReading extends Reading, AsyncIterable<readonly Float32Array[]> {}

/**
 * Reads a recording of any supported format and length in bounded memory: blocks of samples at `sampleRate`, of one
 * channel, or with `split` of all channels, and with `auto` of both where they hold different voices.
 * @throws UndertoneError while iterating: `file-unreadable`, `audio-unsupported`, `audio-corrupt`, `audio-empty`,
 * `cancelled`; the message begins with the source's name
 */
export function readChannels(source: SoundSource, options: ReadOptions): ChannelReading {
  const warnings: string[] = [];
  let incomplete: Coverage | null = null;
  return {
    warnings,
    get incomplete() {
      return incomplete;
    },
    [Symbol.asyncIterator]: () => {
      warnings.length = 0;
      incomplete = null;
      const { signal, track, sampleRate: wantedHz } = options;
      const warn = (message: string): void => void warnings.push(message);
      const onCoverage = (coverage: Coverage): void => {
        incomplete = incompleteOf(coverage);
      };
      return named(
        source,
        channelBlocks(source, options, { signal, track, wantedHz, warn, onCoverage }),
      );
    },
  };
}

/** Samples: resampling many short blocks takes longer. */
const batchLength = 1 << 15;

async function* channelBlocks(
  source: ByteSource,
  { sampleRate, channels: mode = "auto" }: ReadOptions,
  context: DecodingContext,
): AsyncGenerator<readonly Float32Array[]> {
  throwIfCancelled(context.signal);
  let choice: ChannelChoice | undefined = mode === "auto" ? undefined : mode;
  let resamplers: Resampler[] = [];
  let shape: AudioBlock | undefined;
  const finish = (): Float32Array[] => resamplers.map((resampler) => resampler.finish());
  try {
    for await (const block of inBatches(decodeBlocks(source, context), batchLength)) {
      const isStereo = block.channels.length > 1;
      if (isStereo) choice ??= await chooseChannels(source, context);
      const chosen = chosenChannels(block, choice ?? "mix");
      if (shape?.sampleRate !== block.sampleRate || resamplers.length !== chosen.length) {
        if (shape) yield finish();
        resamplers = [];
        for (const _ of chosen) {
          resamplers.push(await Resampler.create(block.sampleRate, sampleRate));
        }
        shape = block;
      }
      yield chosen.map((samples, n) => resamplers[n]!.push(samples));
    }
    if (shape) yield finish();
  } finally {
    for (const resampler of resamplers) resampler.free();
  }
}

/** Decodes the recording once to see what its channels are to each other. */
async function chooseChannels(
  source: ByteSource,
  context: DecodingContext,
): Promise<ChannelChoice> {
  const { signal, track, wantedHz } = context;
  const comparison = new ChannelComparison();
  const looking = { signal, track, ...(wantedHz && { wantedHz }), warn: () => undefined };
  for await (const block of decodeBlocks(source, looking)) {
    if (lengthOf(block) > 0) comparison.push(block);
  }
  const { choice, warning } = comparison.relation();
  if (warning !== undefined) context.warn(warning);
  return choice;
}

/** @yields the blocks; errors name the source */
async function* named<Block>(
  { name }: SoundSource,
  blocks: AsyncIterable<Block>,
): AsyncGenerator<Block> {
  try {
    yield* blocks;
  } catch (error) {
    if (!(error instanceof UndertoneError) || name === undefined) throw error;
    if (error.message.startsWith(name)) throw error;
    throw new UndertoneError(error.code, `${name}: ${error.message}`, { cause: error });
  }
}
