import { createHash } from "node:crypto";
import type { AudioBlock } from "../audio/blocks.ts";
import { openFile } from "../audio/load.node.ts";
import { toMono } from "../audio/mix.ts";
import type { Reading } from "../audio/read-channels.ts";
import { decodeFile } from "../audio/read-file.node.ts";
import { throwIfCancelled, UndertoneError } from "../shared/errors.ts";
import type { ProgressListener } from "../shared/logger.ts";
import type { Clip, Manifest } from "./manifest.ts";

/** What a clip's sound is like, or the `error` that kept it from being read. */
export type ClipMeasure = MeasuredClip | { readonly clip: Clip; readonly error: UndertoneError };

export interface MeasuredClip {
  readonly clip: Clip;
  readonly durationSec: number;
  readonly sampleRate: number;
  readonly channels: number;
  /** Whether several channels hold the same samples. */
  readonly equalChannels: boolean;
  /** Largest absolute sample, full scale 1. */
  readonly peak: number;
  /** Share of samples at full scale, 0 to 1. */
  readonly clippedShare: number;
  /** The same for the same samples, mixed to mono, in any lossless coding. */
  readonly audioHash: string;
  readonly warnings: readonly string[];
}

const fullScale = 0.999;

/**
 * Decodes every clip of a corpus, one after another. What cannot be read becomes an error in place.
 * @throws UndertoneError `cancelled`
 */
export async function measureClips(
  manifest: Manifest,
  options: { readonly onProgress?: ProgressListener; readonly signal?: AbortSignal } = {},
): Promise<ClipMeasure[]> {
  const { onProgress, signal } = options;
  const measures: ClipMeasure[] = [];
  for (const clip of manifest.clips) {
    throwIfCancelled(signal);
    measures.push(await measureOrError(clip, signal));
    const [done, total] = [measures.length, manifest.clips.length];
    onProgress?.({ label: "Reading", done, total, unit: "clips" });
  }
  return measures;
}

async function measureOrError(clip: Clip, signal: AbortSignal | undefined): Promise<ClipMeasure> {
  try {
    return await measureClip(clip, signal);
  } catch (error) {
    if (!(error instanceof UndertoneError) || error.code === "cancelled") throw error;
    return { clip, error };
  }
}

async function measureClip(clip: Clip, signal: AbortSignal | undefined): Promise<MeasuredClip> {
  const source = await openFile(clip.path);
  try {
    const { segment } = clip;
    const section = segment && { endSec: Infinity, ...segment };
    return {
      clip,
      ...(await measureBlocks(decodeFile(source, { as: "blocks", section }, signal))),
    };
  } finally {
    await source.close();
  }
}

/** Measures a recording in bounded memory; its rate and channels are those of its first block. */
async function measureBlocks(
  blocks: AsyncGenerator<AudioBlock, Reading>,
): Promise<Omit<MeasuredClip, "clip">> {
  const hash = createHash("sha256");
  let first: AudioBlock | undefined;
  let areEqual = true;
  let [durationSec, peak, values, clipped] = [0, 0, 0, 0];
  let next = await blocks.next();
  for (; !next.done; next = await blocks.next()) {
    const { sampleRate, channels } = next.value;
    first ??= next.value;
    durationSec += channels[0]!.length / sampleRate;
    hash.update(bytesOf(toMono(channels)));
    areEqual &&= channels.every((channel) => isEqual(channel, channels[0]!));
    for (const channel of channels) {
      values += channel.length;
      for (const sample of channel) {
        const size = Math.abs(sample);
        if (size > peak) peak = size;
        if (size >= fullScale) clipped++;
      }
    }
  }
  const count = first?.channels.length ?? 0;
  return {
    durationSec,
    sampleRate: first?.sampleRate ?? 0,
    channels: count,
    equalChannels: count > 1 && areEqual,
    peak,
    clippedShare: clipped / values,
    audioHash: hash.digest("hex"),
    warnings: next.value.warnings,
  };
}

const bytesOf = ({ buffer, byteOffset, byteLength }: Float32Array): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);

function isEqual(a: Float32Array, b: Float32Array): boolean {
  return a.every((sample, index) => sample === b[index]);
}
