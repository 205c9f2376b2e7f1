import type { Example } from "../models/example.ts";

/** Returns how many examples each label has, each counted by its weight, [classes]. */
export function labelCounts(examples: readonly Example[], classes: number): number[] {
  const counts = Array.from({ length: classes }, () => 0);
  for (const { label, weight = 1 } of examples) counts[label]! += weight;
  return counts;
}

/**
 * Returns the weight of each class in the loss, 1 on average over what an epoch shows: `power` of how rare it is, from 0
 * (all 1) to 1 (inverse to how many examples it has). `shown` counts extra data besides; it changes no class's share in
 * the loss.
 */
export function classWeights(
  counts: readonly number[],
  power: number,
  shown: readonly number[] = counts,
): number[] {
  const examples = sum(counts);
  const weights = counts.map((count, label) =>
    count > 0 ? (examples / count) ** power * (count / shown[label]!) : 0,
  );
  const total = sum(weights.map((weight, label) => weight * shown[label]!));
  return weights.map((weight) => (weight > 0 ? (weight * sum(shown)) / total : 1));
}

export const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
