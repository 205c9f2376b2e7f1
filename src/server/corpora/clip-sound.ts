import { loadAudio } from "../../audio/load.node.ts";
import { encodeWav } from "../../audio/wav.ts";
import type { Clip } from "../../datasets/manifest.ts";
import { cutSegment } from "../../datasets/segment.ts";
import { spectrogramPng } from "../../evaluation/charts/spectrogram.ts";
import { logMelOf } from "../../reports/clip-spectrogram.ts";

/** Of a longer clip the start is played and drawn. */
const longestSec = 600;

/** More frames would not be seen. */
const maxFrames = 1200;

type ClipPart = Pick<Clip, "path" | "segment">;

async function samplesOf(
  { path, segment }: ClipPart,
  sampleRate: number,
  signal: AbortSignal,
): Promise<Float32Array> {
  const { samples } = await loadAudio(path, { sampleRate, signal });
  return cutSegment(samples, sampleRate, segment).subarray(0, longestSec * sampleRate);
}

/** Resolves to a clip as a WAV file, which every browser plays. @throws UndertoneError as `loadAudio` and `cutSegment` */
export async function clipWav(
  clip: ClipPart,
  signal: AbortSignal,
): Promise<Uint8Array<ArrayBuffer>> {
  const sampleRate = 24_000;
  return Uint8Array.from(encodeWav(await samplesOf(clip, sampleRate, signal), sampleRate));
}

/** Resolves to the mel spectrogram of a clip as a PNG. @throws UndertoneError as `loadAudio` and `cutSegment` */
export async function clipSpectrogram(
  clip: ClipPart,
  signal: AbortSignal,
): Promise<Uint8Array<ArrayBuffer>> {
  const samples = await samplesOf(clip, 16_000, signal);
  const hopLength = Math.max(160, Math.ceil(samples.length / maxFrames));
  return Uint8Array.from(spectrogramPng(logMelOf(samples, hopLength)));
}
