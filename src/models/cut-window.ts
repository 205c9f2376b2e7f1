import { findSpeech } from "../audio/speech-activity.ts";
import type { VoicingMeter } from "../audio/voicing.ts";

/** Where a model's window lies in a clip: at its start, or centered on the speech. */
export type WindowPlace = "start" | "speech";

/** The window of sound that a model is given. */
export interface WindowSpec {
  /** Hz */
  readonly sampleRate: number;
  /** Length in samples. */
  readonly length: number;
  readonly place: WindowPlace;
}

/**
 * Returns the window of a clip, [length], padded with zeros at its end where the clip is short; a clip of that length itself.
 * @param meter of the sample rate; what has many clips keeps one
 */
export function cutWindow(
  samples: Float32Array,
  { sampleRate, length, place }: WindowSpec,
  meter?: VoicingMeter,
): Float32Array {
  if (samples.length === length) return samples;
  const window = new Float32Array(length);
  let start = 0;
  if (place === "speech") {
    const regions = findSpeech(samples, sampleRate, {
      ...(meter && { frames: meter.measure(samples) }),
    });
    const [first, last] = [regions[0], regions.at(-1)];
    const centerSec =
      first && last ? (first.startSec + last.endSec) / 2 : samples.length / sampleRate / 2;
    const centered = Math.round(centerSec * sampleRate - length / 2);
    start = Math.max(0, Math.min(centered, samples.length - length));
  }
  window.set(samples.subarray(start, start + length));
  return window;
}
