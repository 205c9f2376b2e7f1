import type { SegmentAudio } from "./speech-segments.ts";

/** A model's window over a segment and the part of the segment that it predicts. */
export interface SpeechWindow {
  /** Exactly `windowSec` long, zero where the recording has no sound; cut out when they are read, and not to be written to. */
  readonly samples: Float32Array;
  /** Where `samples` begin in the recording. */
  readonly samplesStartSec: number;
  readonly startSec: number;
  readonly endSec: number;
}

interface WindowOptions {
  readonly sampleRate: number;
  readonly windowSec: number;
}

/** Windows overlap by half: every moment is in two. */
const hopShare = 0.5;

/** Returns where windows start that overlap by at least half over a span; of a shorter span, the one around its middle. */
export function windowStarts(
  { startSec, endSec }: Pick<SegmentAudio, "startSec" | "endSec">,
  windowSec: number,
): number[] {
  const spareSec = endSec - startSec - windowSec;
  if (spareSec <= 0) return [startSec + spareSec / 2];
  const steps = Math.ceil(spareSec / (windowSec * hopShare));
  return Array.from({ length: steps + 1 }, (_, i) => startSec + (i * spareSec) / steps);
}

/** Returns so many samples from `start` on, with zeros beyond the end; a view where none are needed. */
function cutOut(samples: Float32Array, start: number, length: number): Float32Array {
  if (start + length <= samples.length) return samples.subarray(start, start + length);
  const window = new Float32Array(length);
  window.set(samples.subarray(start, start + length));
  return window;
}

/**
 * Lays windows over a segment: by default one in the middle of a short one, with the sound around it, or
 * as many as overlap by at least half from its first sample to its last.
 * Each predicts the time that is nearer to its center than to any other's.
 */
export function layWindows(
  segment: SegmentAudio,
  { sampleRate, windowSec }: WindowOptions,
  starts: readonly number[] = windowStarts(segment, windowSec),
): SpeechWindow[] {
  const length = Math.round(windowSec * sampleRate);
  return starts.map((startSec, i) => {
    const previous = starts[i - 1];
    const next = starts[i + 1];
    const from = Math.round((startSec - segment.samplesStartSec) * sampleRate);
    // Moved inside the recording where it would reach beyond its ends.
    const start = Math.max(0, Math.min(from, segment.samples.length - length));
    return {
      get samples() {
        return cutOut(segment.samples, start, length);
      },
      samplesStartSec: segment.samplesStartSec + start / sampleRate,
      startSec: previous === undefined ? segment.startSec : (previous + startSec + windowSec) / 2,
      endSec: next === undefined ? segment.endSec : (startSec + next + windowSec) / 2,
    };
  });
}
