import { findSpeech } from "./speech-activity.ts";
import type { VoicingMeter } from "./voicing.ts";

/** Limits of `speechPart`. */
export interface SpeechPartOptions {
  /** Hz */
  readonly sampleRate: number;
  /** Of longer speech the middle part is returned. */
  readonly longestSec: number;
  /** Of the sample rate; what has many clips keeps one. */
  readonly meter?: VoicingMeter;
}

/**
 * Returns a clip from the start of its first speech to the end of its last, or all of it without speech; at most the
 * middle `longestSec`.
 */
export function speechPart(
  samples: Float32Array,
  { sampleRate, longestSec, meter }: SpeechPartOptions,
): Float32Array {
  const regions = findSpeech(samples, sampleRate, {
    ...(meter && { frames: meter.measure(samples) }),
  });
  const [first, last] = [regions[0], regions.at(-1)];
  const start = first ? Math.floor(first.startSec * sampleRate) : 0;
  const end = last ? Math.ceil(last.endSec * sampleRate) : samples.length;
  const excess = Math.max(0, end - start - Math.round(longestSec * sampleRate));
  const before = Math.floor(excess / 2);
  return samples.subarray(start + before, end - (excess - before));
}
