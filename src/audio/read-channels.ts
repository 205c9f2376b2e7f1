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
  mostSplit,
  type ChannelChoice,
  type ChannelMode,
} from "./channels.ts";
import { decodeBlocks, incompleteOf } from "./decode.ts";
import { LikeChannels } from "./like-channels.ts";
import { Resampler } from "./resample.ts";
import { cutSection, type Section } from "./section.ts";
import type { SampleSource, SoundSource } from "./source.ts";

/** Which sound of a file is meant. */
export interface SoundChoice {
  /** By default `auto`: what the channels hold decides. */
  readonly channels?: ChannelMode | undefined;
  /** Which of several audio tracks, from 1; by default the one that the file names as such. */
  readonly track?: number | undefined;
  /** Longer recordings are refused; a day by default. */
  readonly maxDurationSec?: number | undefined;
  /** Which part alone, as a recording of its own; by default all. */
  readonly section?: Section | undefined;
}

export interface ReadOptions extends SoundChoice {
  /** Hz, of the samples. */
  readonly sampleRate: number;
  readonly signal?: AbortSignal | undefined;
  /** Whether each channel is known to be a speaker: `auto` splits all that do not hold the same sound. */
  readonly areSpeakers?: boolean | undefined;
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
 * `audio-too-large`, `cancelled`, `usage` for a split of too many channels; the message begins with the source's name
 */
export function readChannels(source: SoundSource, options: ReadOptions): ChannelReading {
  return readingOf((context) => decodeBlocks(source, context), options, source.name);
}

/** Returns the same of samples. @throws UndertoneError while iterating: `cancelled`, and what reading them throws */
export function readSamples(source: SampleSource, options: ReadOptions): ChannelReading {
  return readingOf((context) => sampleBlocks(source, context), options);
}

/** Decodes a recording from its start. */
type Decode = (context: DecodingContext) => AsyncIterable<AudioBlock>;

function readingOf(decode: Decode, options: ReadOptions, name?: string): ChannelReading {
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
      const {
        signal,
        track,
        section,
        maxDurationSec,
        sampleRate: wantedHz,
        channels = "auto",
      } = options;
      const mixedAbove = channels === "auto" || channels === "mix" ? mostSplit : undefined;
      const warn = (message: string): void => void warnings.push(message);
      const onCoverage = (coverage: Coverage): void => {
        incomplete = incompleteOf(coverage);
      };
      const context = {
        signal,
        track,
        maxDurationSec,
        mixedAbove,
        wantedHz,
        warn,
        onCoverage,
      };
      const decodePart: Decode = section ? (given) => cutSection(decode(given), section) : decode;
      return named(name, channelBlocks(decodePart, options, context));
    },
  };
}

/** Samples: resampling many short blocks takes longer. */
const batchLength = 1 << 15;

async function* channelBlocks(
  decode: Decode,
  { sampleRate, channels: mode = "auto", areSpeakers = false }: ReadOptions,
  context: DecodingContext,
): AsyncGenerator<readonly Float32Array[]> {
  throwIfCancelled(context.signal);
  let choice: ChannelChoice | undefined = mode === "auto" ? undefined : mode;
  const like = new LikeChannels();
  let resamplers: Resampler[] = [];
  let shape: AudioBlock | undefined;
  const finish = (): Float32Array[] => resamplers.map((resampler) => resampler.finish());
  for await (const block of inBatches(decode(context), batchLength)) {
    const { mixedFrom: count = block.channels.length } = block;
    if (count > mostSplit && choice === undefined) {
      choice = "mix";
      if (areSpeakers) context.warn(tooMany(count));
    }
    if (block.channels.length > 1) choice ??= await chooseChannels(decode, context, areSpeakers);
    if (count <= mostSplit) like.push(block);
    const chosen = chosenChannels(block, choice ?? "mix");
    if (shape && choice === "split" && resamplers.length !== chosen.length) throw changing();
    if (shape?.sampleRate !== block.sampleRate || resamplers.length !== chosen.length) {
      if (shape) yield finish();
      resamplers = chosen.map(() => Resampler.create(block.sampleRate, sampleRate));
      shape = block;
    }
    yield chosen.map((samples, n) => resamplers[n]!.push(samples));
  }
  if (shape) yield finish();
  for (const warning of like.warnings(choice ?? "mix")) context.warn(warning);
}

const tooMany = (count: number): string =>
  `The ${count} channels were mixed, without speakers: at most ${mostSplit} can be split.`;

const changing = (): UndertoneError =>
  new UndertoneError(
    "audio-unsupported",
    "The number of channels changes within the recording, so they cannot be split: use --channels mix.",
  );

/** Decodes the recording once to see what its channels are to each other. */
async function chooseChannels(
  decode: Decode,
  context: DecodingContext,
  areSpeakers: boolean,
): Promise<ChannelChoice> {
  const comparison = new ChannelComparison();
  const looking = { ...context, warn: () => undefined, onCoverage: () => undefined };
  for await (const block of decode(looking)) {
    if (lengthOf(block) > 0) comparison.push(block);
  }
  const { choice, warning, areSame } = comparison.relation();
  if (areSpeakers && !areSame) return "split";
  if (warning !== undefined) context.warn(warning);
  return choice;
}

/** Seconds of samples that are read in one go. */
const readSec = 5;

/** @yields the samples, in blocks */
async function* sampleBlocks(
  source: SampleSource,
  { signal }: DecodingContext,
): AsyncGenerator<AudioBlock> {
  const { sampleRate, length } = source;
  const step = Math.ceil(readSec * sampleRate);
  for (let start = 0; start < length; start += step) {
    throwIfCancelled(signal);
    const channels = await source.read(start, Math.min(length, start + step));
    yield { sampleRate, channels: [...channels] };
  }
}

/** @yields the blocks; errors name the source */
async function* named<Block>(
  name: string | undefined,
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
