import type { Estimate } from "./bootstrap.ts";
import { estimatesOf } from "./estimates.ts";
import { metrics, scoresOf, type MetricKey, type Scores } from "./metrics.ts";
import type { Prediction } from "./prediction.ts";

/**
 * Returns the scores of `first` minus those of `second` on the same clips, with 95 % intervals: both are scored on the
 * same draws of speakers.
 * @throws RangeError when the clips differ
 */
export function pairedDifferences(
  first: readonly Prediction[],
  second: readonly Prediction[],
  labelCount: number,
): Scores<Estimate> {
  if (!haveSameClips(first, second)) {
    throw new RangeError("pairedDifferences: first and second must hold the same clips");
  }
  const byId = new Map(second.map((prediction) => [prediction.id, prediction]));
  const pairs = first.map((prediction) => ({
    speakerId: prediction.speakerId,
    first: prediction,
    second: byId.get(prediction.id)!,
  }));
  return estimatesOf(pairs, (drawn) => {
    const a = scoresOf(
      drawn.map((pair) => pair.first),
      labelCount,
    );
    const b = scoresOf(
      drawn.map((pair) => pair.second),
      labelCount,
    );
    const differences = metrics.map(({ key }) => [key, a[key] - b[key]]);
    const byKey: Readonly<Record<MetricKey, number>> = Object.fromEntries(differences);
    return byKey;
  });
}

/** Returns what a difference in a score says: its 95 % interval leaves out 0, or does not; nothing without an interval. */
export function verdictOf({
  low,
  high,
}: Estimate): "better" | "worse" | "not significant" | undefined {
  if (low === undefined || high === undefined) return undefined;
  if (low > 0) return "better";
  return high < 0 ? "worse" : "not significant";
}

/** Returns whether both lists hold the same clips once each, of the same speakers, with the same true labels. */
export function haveSameClips(
  first: readonly Prediction[],
  second: readonly Prediction[],
): boolean {
  const [a, b] = [new Set(first.map(keyOf)), new Set(second.map(keyOf))];
  return (
    a.size === first.length &&
    b.size === second.length &&
    a.size === b.size &&
    [...a].every((clip) => b.has(clip))
  );
}

const keyOf = ({ id, speakerId, actual }: Prediction): string =>
  JSON.stringify([id, speakerId, actual]);
