import { createHash } from "node:crypto";
import { readFile, stat } from "node:fs/promises";
import { decodeAudio } from "../audio/decode.ts";
import { toMono } from "../audio/mix.ts";
import { throwIfCancelled, UndertoneError } from "../shared/errors.ts";
import { fileError } from "../shared/files.node.ts";
import type { ProgressListener } from "../shared/logger.ts";
import type { Clip, Manifest } from "./manifest.ts";
import { cutSegment } from "./segment.ts";

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
  readonly audioHash: string;
  readonly warnings: readonly string[];
}

const fullScale = 0.999;

/** A name for mono samples that is the same for the same audio in any lossless coding. */
export function hashSamples(samples: Float32Array): string {
  const bytes = new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength);
  return createHash("sha256").update(bytes).digest("hex");
}

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

/** A whole file. Pipes and devices are refused: reading them may never end. */
async function readClip(path: string): Promise<Uint8Array> {
  try {
    const stats = await stat(path);
    if (stats.isFile() || stats.isDirectory()) return await readFile(path);
  } catch (error) {
    throw fileError(path, error);
  }
  throw new UndertoneError("file-unreadable", `${path}: is neither a file nor a folder.`);
}

async function measureClip(clip: Clip, signal: AbortSignal | undefined): Promise<MeasuredClip> {
  const bytes = await readClip(clip.path);
  const decoded = await decodeAudio(bytes, signal && { signal });
  const { sampleRate, warnings } = decoded;
  const channels = decoded.channels.map((all) => cutSegment(all, sampleRate, clip.segment));
  const samples = toMono(channels);
  let peak = 0;
  let clipped = 0;
  for (const channel of channels) {
    for (const sample of channel) {
      const size = Math.abs(sample);
      if (size > peak) peak = size;
      if (size >= fullScale) clipped++;
    }
  }
  const [first = samples, ...others] = channels;
  return {
    clip,
    durationSec: samples.length / sampleRate,
    sampleRate,
    channels: channels.length,
    equalChannels: others.length > 0 && others.every((channel) => isEqual(first, channel)),
    peak,
    clippedShare: clipped / (samples.length * channels.length),
    audioHash: hashSamples(samples),
    warnings,
  };
}

function isEqual(a: Float32Array, b: Float32Array): boolean {
  return a.every((sample, index) => sample === b[index]);
}
