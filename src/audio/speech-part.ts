import { findSpeech } from "./speech-activity.ts";

/** How much of a clip is kept around its speech. */
export interface SpeechPartOptions {
  /** Hz */
  readonly sampleRate: number;
  /** Of longer speech the middle is kept. */
  readonly longestSec: number;
}

/**
 * A clip from the first to the last that is spoken in it, or all of it where nobody speaks; at most
 * `longestSec` about the middle.
 */
export function speechPart(
  samples: Float32Array,
  { sampleRate, longestSec }: SpeechPartOptions,
): Float32Array {
  const regions = findSpeech(samples, sampleRate);
  const [first, last] = [regions[0], regions.at(-1)];
  const start = first ? Math.floor(first.startSec * sampleRate) : 0;
  const end = last ? Math.ceil(last.endSec * sampleRate) : samples.length;
  const excess = Math.max(0, end - start - Math.round(longestSec * sampleRate));
  const before = Math.floor(excess / 2);
  return samples.subarray(start + before, end - (excess - before));
}
