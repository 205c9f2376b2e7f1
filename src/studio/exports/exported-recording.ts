import { analysisTiers, type Tier, type TimedText } from "../../recognition/tiers.ts";
import type { Analysis } from "../../web/index.ts";
import type { LabeledSegment } from "../labels/edits.ts";

/** A recording with what people and models say of it. */
export interface ExportedRecording {
  /** Of its file. */
  readonly name: string;
  readonly durationSec: number;
  /** Of all people, by their start. */
  readonly labels: readonly LabeledSegment[];
  /** `null` where it was not analyzed. */
  readonly analysis: Analysis | null;
}

/** Returns the names of those who labeled, in the order of their first labels. */
export function labelersOf(labels: readonly LabeledSegment[]): string[] {
  return [...new Set(labels.map(({ by }) => by))];
}

/** Returns the labels of a person, or of all people; segments without one are left out. */
export function labeledBy(
  labels: readonly LabeledSegment[],
  by: string | null = null,
): (LabeledSegment & { readonly label: string })[] {
  return labels.flatMap((segment) => {
    const { label } = segment;
    return label === null || (by !== null && segment.by !== by) ? [] : { ...segment, label };
  });
}

/** Returns the tiers of the analysis, and one for each person and speaker; pauses are empty intervals. */
export function tiersOf({ durationSec, labels, analysis }: ExportedRecording): Tier[] {
  const people = labelersOf(labels).flatMap((by) => {
    const own = labeledBy(labels, by);
    const speakers = [...new Set(own.map(({ speaker }) => speaker))];
    return speakers.map((speaker): Tier => {
      const segments = own.filter((segment) => segment.speaker === speaker);
      const texts = segments.map(({ startSec, endSec, label }) => ({
        startSec,
        endSec,
        text: label,
      }));
      return {
        name: speaker === null ? by : `${speaker} ${by}`,
        intervals: withoutGaps(texts, durationSec),
      };
    });
  });
  return [...(analysis ? analysisTiers(analysis) : []), ...people];
}

function withoutGaps(texts: readonly TimedText[], durationSec: number): TimedText[] {
  const all: TimedText[] = [];
  let at = 0;
  for (const interval of texts) {
    if (interval.startSec > at) all.push({ startSec: at, endSec: interval.startSec, text: "" });
    all.push(interval);
    at = interval.endSec;
  }
  if (at < durationSec) all.push({ startSec: at, endSec: durationSec, text: "" });
  return all;
}
