import type { Random } from "../shared/random.ts";
import type { Example } from "./examples.ts";

/** How many examples each label has, [classes]. */
export function labelCounts(examples: readonly Example[], classes: number): number[] {
  const counts = Array.from({ length: classes }, () => 0);
  for (const { label } of examples) counts[label]!++;
  return counts;
}

/** The companions of an epoch: as many of each label as `counts` says. */
export interface CompanionDraws {
  readonly counts: readonly number[];
  draw(random: Random): Example[];
}

/**
 * Draws `perClip` companions of a label for each example that the training side has of it, `trained` by label,
 * as far as there are so many: a corpus of other proportions does not shift what is frequent.
 */
export function companionDraws(
  companions: readonly Example[],
  trained: readonly number[],
  perClip: number,
): CompanionDraws {
  const byLabel = trained.map((_, label) =>
    companions.filter((companion) => companion.label === label),
  );
  const counts = byLabel.map(({ length }, label) =>
    Math.min(length, Math.round(perClip * trained[label]!)),
  );
  return {
    counts,
    draw: (random) =>
      byLabel.flatMap((ofLabel, label) => random.shuffle(ofLabel).slice(0, counts[label])),
  };
}
