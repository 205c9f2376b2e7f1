import type { Segment } from "../../web/index.ts";
import { spansWithin } from "../state/spans.ts";
import { columnOf, type LabeledSegment, type Target } from "./edits.ts";

/** What can be labeled: a segment of the person, or one of the model that the person has none of. */
export interface LabelTarget extends Target {
  readonly segment: LabeledSegment | null;
}

/** Returns what one person can label of one speaker, by start. */
export function targetsOf(
  spoken: readonly Segment[],
  segments: readonly LabeledSegment[],
  { by, speaker }: Pick<LabeledSegment, "by" | "speaker">,
): LabelTarget[] {
  const own = columnOf(segments, { by, speaker });
  const free = spoken.filter(
    (segment) => segment.speaker === speaker && spansWithin(own, segment).length === 0,
  );
  return [
    ...own.map((segment) => ({ ...segment, segment })),
    ...free.map(({ startSec, endSec }) => ({ startSec, endSec, speaker, segment: null })),
  ].toSorted((a, b) => a.startSec - b.startSec);
}

/** Returns what is at a time, the one that began last of several. */
export function targetAt(targets: readonly LabelTarget[], sec: number): LabelTarget | null {
  const at = sec + 1e-3; // a segment's start counts, however it was rounded
  return targets.findLast(({ startSec, endSec }) => startSec <= at && at < endSec) ?? null;
}
