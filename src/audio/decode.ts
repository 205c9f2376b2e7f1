import { UndertoneError, throwIfCancelled } from "../shared/errors.ts";
import { concatenate } from "./blocks.ts";
import type { AudioBlock, DecodingContext } from "./blocks.ts";
import { decodeByteStream } from "./byte-stream.ts";
import type { ByteStreamFormat } from "./byte-stream.ts";
import { decodeContainer } from "./container.ts";
import type { ContainerFormat } from "./container.ts";
import { detectFormat } from "./format.ts";
import type { AudioFormat } from "./format.ts";
import { decodeMatroska } from "./matroska.ts";
import { bytesSource } from "./source.ts";
import type { ByteSource } from "./source.ts";
import { decodeWav } from "./wav.ts";

/** A decoded recording: `channels` [channel][sample], full scale 1. */
export interface DecodedAudio {
  readonly format: AudioFormat;
  readonly sampleRate: number;
  readonly channels: Float32Array[];
  /** What was degraded: a truncated file, damaged frames, samples that were not finite. */
  readonly warnings: string[];
}

/**
 * Decodes a whole recording: WAV, FLAC, MP3, AAC, M4A, Ogg Vorbis, Ogg Opus or WebM, detected by content. Resolves to its
 * `channels` [channel][sample] with full scale at 1, at the file's sample rate.
 * @throws UndertoneError `audio-unsupported`, `audio-corrupt`, `audio-empty`, `cancelled`
 * @example
 * ```ts
 * import { readFile } from "node:fs/promises";
 * import { decodeAudio } from "undertone/audio";
 *
 * const { channels, sampleRate, warnings } = await decodeAudio(await readFile("speech.wav"));
 * const durationSec = channels[0]!.length / sampleRate;
 * ```
 */
export async function decodeAudio(
  bytes: Uint8Array,
  options: { readonly signal?: AbortSignal } = {},
): Promise<DecodedAudio> {
  const source = bytesSource(bytes);
  const { format } = await detectFormat(source);
  const warnings: string[] = [];
  const blocks: AudioBlock[] = [];
  const context = { signal: options.signal, warn: (message: string) => warnings.push(message) };
  for await (const block of decodeBlocks(source, context)) blocks.push(block);
  const { sampleRate, channels } = blocks[0]!;
  return {
    format,
    sampleRate,
    channels: channels.map((_, index) =>
      concatenate(blocks.map((block) => block.channels[index]!)),
    ),
    warnings,
  };
}

type Decoder = (
  source: ByteSource,
  start: number,
  context: DecodingContext,
) => AsyncGenerator<AudioBlock>;

const byteStream =
  (format: ByteStreamFormat): Decoder =>
  (source, start, context) =>
    decodeByteStream(source, { format, start }, context);

const container =
  (format: ContainerFormat): Decoder =>
  (source, _start, context) =>
    decodeContainer(source, format, context);

const decoders: Readonly<Record<AudioFormat, Decoder>> = {
  wav: (source, _start, context) => decodeWav(source, context),
  flac: byteStream("flac"),
  mp3: byteStream("mp3"),
  aac: byteStream("aac"),
  "ogg-vorbis": byteStream("ogg-vorbis"),
  "ogg-opus": container("ogg-opus"),
  mp4: container("mp4"),
  webm: (source, _start, context) => decodeMatroska(source, context),
};

const sampleRates = { lowest: 1000, highest: 768_000 };

/**
 * Decodes a recording block by block in bounded memory; all blocks share one rate and channel count.
 * Data that is corrupt after the first samples ends there with a warning.
 * @yields blocks of at least one sample
 * @throws UndertoneError `audio-unsupported`, `audio-corrupt`, `audio-empty`, `cancelled`
 */
export async function* decodeBlocks(
  source: ByteSource,
  context: DecodingContext,
): AsyncGenerator<AudioBlock> {
  const { format, start } = await detectFormat(source);
  let first: AudioBlock | undefined;
  let notFinite = 0;
  try {
    for await (const block of decoders[format](source, start, context)) {
      throwIfCancelled(context.signal);
      if (!block.channels[0]?.length) continue;
      first ??= checked(block);
      if (
        block.sampleRate !== first.sampleRate ||
        block.channels.length !== first.channels.length
      ) {
        context.warn(
          "The sample rate or the number of channels changes within the file: the rest was left out.",
        );
        break;
      }
      for (const channel of block.channels) notFinite += replaceNotFinite(channel);
      yield block;
    }
  } catch (cause) {
    if (cause instanceof UndertoneError && (!first || cause.code !== "audio-corrupt")) throw cause;
    const why = cause instanceof Error ? cause.message : String(cause);
    if (!first) {
      throw new UndertoneError("audio-corrupt", `The ${format} data is corrupt: ${why}`, {
        cause,
      });
    }
    context.warn(`The ${format} data is corrupt and was decoded in part: ${why}`);
  }
  if (!first) {
    throw format === "wav"
      ? new UndertoneError("audio-empty", "The file has no samples.")
      : new UndertoneError("audio-corrupt", `The ${format} data has no audio that can be decoded.`);
  }
  if (notFinite > 0) {
    context.warn(`${notFinite} samples were NaN or infinite and were replaced by 0.`);
  }
}

function checked(block: AudioBlock): AudioBlock {
  const { lowest, highest } = sampleRates;
  if (block.sampleRate >= lowest && block.sampleRate <= highest) return block;
  throw new UndertoneError(
    "audio-corrupt",
    `The header has a sample rate of ${block.sampleRate} Hz; it must be from ${lowest} to ${highest}.`,
  );
}

/** Replaces NaN and infinities by 0, in place; returns their number. */
function replaceNotFinite(samples: Float32Array): number {
  let count = 0;
  for (let n = 0; n < samples.length; n++) {
    if (Number.isFinite(samples[n])) continue;
    samples[n] = 0;
    count++;
  }
  return count;
}
