import type { Segment, Summary } from "./analysis.ts";
import { toMs, toPlaces } from "./places.ts";
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
