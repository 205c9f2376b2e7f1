import type { Segment } from "./analysis.ts";
import { noSpeech } from "./timeline.ts";

/**
 * Returns the segments of several channels, each from 0 to the recording's end without gaps, as those of one recording: by
 * start, with pauses where nobody speaks in any of them.
 */
export function mergeSegments(channels: readonly (readonly Segment[])[]): readonly Segment[] {
  const [only, ...others] = channels;
  if (only !== undefined && others.length === 0) return only;
  const durationSec = Math.max(0, ...channels.map((segments) => segments.at(-1)?.endSec ?? 0));
  return withPauses(channels.flat(), durationSec);
}

/** Returns the segments with speech by start, and pauses where there is none. */
export function withPauses(segments: readonly Segment[], durationSec: number): Segment[] {
  const merged: Segment[] = [];
  let spokenSec = 0;
  const pauseUntil = (endSec: number): void => {
    if (endSec > spokenSec) merged.push(noSpeech(spokenSec, endSec));
  };
  const spoken = segments.filter(({ emotion }) => emotion !== null);
  for (const segment of spoken.toSorted((a, b) => a.startSec - b.startSec)) {
    pauseUntil(segment.startSec);
    merged.push(segment);
    spokenSec = Math.max(spokenSec, segment.endSec);
  }
  pauseUntil(durationSec);
  return merged;
}
