import { UndertoneError } from "../shared/errors.ts";

/** A block of decoded audio: one array of samples in [-1, 1] for each channel, all of one length. */
export interface AudioBlock {
  readonly sampleRate: number;
  readonly channels: Float32Array[];
  /** How many channels were mixed into this one. */
  readonly mixedFrom?: number;
}

/** What is told where a file without a length ends too soon. */
export const cutShort = "The file ends in the middle of its last packet: it is cut short.";

/** What is told where a file goes on behind its last packet with what is none. */
export const endsInDamage = "The end of the file is damaged: no sound was found there.";

/** How much of a recording was decoded, in seconds. */
export interface Coverage {
  readonly decodedSec: number;
  /** What the file promises, or its length where it promises less. */
  readonly expectedSec: number;
}

/** Options of a decoder: sinks for what it has to tell, cancellation and the wanted rate. */
export interface DecodingContext {
  warn(message: string): void;
  readonly signal: AbortSignal | undefined;
  /** Target rate in Hz; a codec with several output rates decodes at this one. */
  readonly wantedHz?: number;
  /** Which of several audio tracks, from 1; by default the one that the file names as such. */
  readonly track?: number | undefined;
  /** Longer recordings are refused; a day by default. */
  readonly maxDurationSec?: number | undefined;
  /** More channels are mixed as soon as they are decoded; by default none are. */
  readonly mixedAbove?: number | undefined;
  /** Called at the end. */
  readonly onCoverage?: (coverage: Coverage) => void;
}

/** Longer recordings are refused unless they are asked for. */
const defaultMaxDurationSec = 86_400;

/** @throws UndertoneError `audio-too-large` for a recording that is longer than asked for */
export function checkDuration(
  durationSec: number,
  { maxDurationSec = defaultMaxDurationSec }: Pick<DecodingContext, "maxDurationSec">,
): void {
  if (durationSec <= maxDurationSec) return;
  throw new UndertoneError(
    "audio-too-large",
    `The recording is longer than ${maxDurationSec / 3600} hours. Split it, or raise --max-duration (maxDurationSec).`,
  );
}

/** Returns blocks of samples as one array. */
export function concatenate(blocks: readonly Float32Array[]): Float32Array {
  const joined = new Float32Array(blocks.reduce((sum, block) => sum + block.length, 0));
  let offset = 0;
  for (const block of blocks) {
    joined.set(block, offset);
    offset += block.length;
  }
  return joined;
}

/** Returns samples [start, end) of a block. */
export function sliceBlock(block: AudioBlock, start: number, end: number): AudioBlock {
  return { ...block, channels: block.channels.map((channel) => channel.subarray(start, end)) };
}

/** How many samples each channel of a block has. */
export const lengthOf = ({ channels }: AudioBlock): number => channels[0]?.length ?? 0;

/** @yields so many seconds of silence, in blocks of at most a second */
export function* silence(
  seconds: number,
  { sampleRate, channels }: AudioBlock,
): Generator<AudioBlock> {
  for (let left = Math.round(seconds * sampleRate); left > 0; left -= sampleRate) {
    const length = Math.min(left, sampleRate);
    yield { sampleRate, channels: channels.map(() => new Float32Array(length)) };
  }
}

/** Whether two blocks have one rate and as many channels. */
export const areAlike = (a: AudioBlock, b: AudioBlock): boolean =>
  a.sampleRate === b.sampleRate && a.channels.length === b.channels.length;

/** Returns the blocks with those joined that follow each other and are alike. */
export function joinAlike(blocks: readonly AudioBlock[]): AudioBlock[] {
  const joined: AudioBlock[] = [];
  for (let start = 0; start < blocks.length;) {
    const first = blocks[start]!;
    let end = start + 1;
    while (blocks[end] && areAlike(first, blocks[end]!)) end++;
    const { channels } = first;
    const parts = blocks.slice(start, end);
    joined.push({
      ...first,
      channels: channels.map((_, n) => concatenate(parts.map((part) => part.channels[n]!))),
    });
    start = end;
  }
  return joined;
}

/** @yields blocks of at least so many samples, but where their rate or channels change and at the end */
export async function* inBatches(
  blocks: AsyncIterable<AudioBlock>,
  leastLength: number,
): AsyncGenerator<AudioBlock> {
  let batch: AudioBlock[] = [];
  let length = 0;
  for await (const block of blocks) {
    batch.push(block);
    length += lengthOf(block);
    if (length < leastLength) continue;
    yield* joinAlike(batch);
    batch = [];
    length = 0;
  }
  yield* joinAlike(batch);
}
