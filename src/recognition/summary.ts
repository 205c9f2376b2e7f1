import type { Segment, SpeakerAnalysis, Summary } from "./analysis.ts";
import { toMs, toPlaces } from "./places.ts";
import type { ReferenceUsed } from "./speaker-reference.ts";
import { byLabel } from "./timeline.ts";

/** Returns a recording's segments in a few numbers. */
export function summarize(
  labels: readonly string[],
  segments: readonly Segment[],
  speechSec: number,
): Summary {
  const seconds = new Map(labels.map((label) => [label, 0]));
  const weightedSec = new Map(seconds);
  let spokenSec = 0;
  for (const { startSec, endSec, emotion, confidence, abstained } of segments) {
    if (emotion === null || confidence === null) continue;
    const lengthSec = endSec - startSec;
    spokenSec += lengthSec;
    if (abstained !== null) continue;
    seconds.set(emotion, seconds.get(emotion)! + lengthSec);
    weightedSec.set(emotion, weightedSec.get(emotion)! + lengthSec * confidence);
  }
  const total = [...seconds.values()].reduce((sum, sec) => sum + sec, 0);
  const shares = [...seconds.values()].map((sec) => toPlaces(total > 0 ? sec / total : 0));
  const [dominant] = [...seconds].toSorted(([, a], [, b]) => b - a).filter(([, sec]) => sec > 0);
  return {
    dominantEmotion: dominant ? dominant[0] : null,
    confidence: dominant ? toPlaces(weightedSec.get(dominant[0])! / dominant[1]) : null,
    shares: byLabel(labels, shares),
    coverage: spokenSec > 0 ? toPlaces(total / spokenSec) : 0,
    speechSec: toMs(speechSec),
  };
}

/** A speaker whose segments are known. */
export interface KnownSpeaker {
  readonly channel: number | null;
  readonly speaker: string | null;
  readonly referenceUsed: ReferenceUsed;
  readonly speechSec: number;
}

/** Returns each speaker in a few numbers, in the order of their first words; whoever is silent comes last. */
export function summarizeSpeakers(
  labels: readonly string[],
  segments: readonly Segment[],
  speakers: readonly KnownSpeaker[],
): SpeakerAnalysis[] {
  const firstSec = (name: string): number =>
    segments.find(({ speaker }) => speaker === name)?.startSec ?? Infinity;
  return speakers
    .flatMap(({ speaker, channel, referenceUsed, speechSec }) => {
      if (speaker === null) return [];
      const own = segments.filter((segment) => segment.speaker === speaker);
      const others = segments.filter((each) => each.speaker !== null && each.speaker !== speaker);
      return {
        speaker,
        channel,
        summary: summarize(labels, own, speechSec),
        reference: referenceUsed,
        overlapSec: toMs(overlapOf(own, others)),
      };
    })
    .toSorted((a, b) => firstSec(a.speaker) - firstSec(b.speaker) || 0);
}

/** How long any of `others`, ordered by start, lasts within segments that do not overlap each other. */
function overlapOf(segments: readonly Segment[], others: readonly Segment[]): number {
  let [overlapSec, first] = [0, 0];
  for (const { startSec, endSec } of segments) {
    let untilSec = startSec;
    while (first < others.length && others[first]!.endSec <= startSec) first++;
    for (let n = first; n < others.length && others[n]!.startSec < endSec; n++) {
      const other = others[n]!;
      const fromSec = Math.max(untilSec, other.startSec);
      const toSec = Math.min(endSec, other.endSec);
      overlapSec += Math.max(0, toSec - fromSec);
      untilSec = Math.max(untilSec, toSec);
    }
  }
  return overlapSec;
}
