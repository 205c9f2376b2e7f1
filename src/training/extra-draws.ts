import type { Example } from "../models/example.ts";
import type { Random } from "../shared/random.ts";

/** The extra examples of an epoch: as many of each label as `counts` says. */
export interface ExtraDraws {
  readonly counts: readonly number[];
  /** Their expected weight by label. */
  readonly weights: readonly number[];
  draw(random: Random): Example[];
}

/**
 * Draws `perClip` extra examples of a label for each example of the corpus that has it (`trained`, by label), as far
 * as there are so many: a corpus of other proportions does not shift the class distribution.
 */
export function extraDraws(
  extra: readonly Example[],
  trained: readonly number[],
  perClip: number,
): ExtraDraws {
  const byLabel = trained.map((_, label) => extra.filter((example) => example.label === label));
  const counts = byLabel.map(({ length }, label) =>
    Math.min(length, Math.round(perClip * trained[label]!)),
  );
  return {
    counts,
    weights: counts.map((count, label) => count * meanWeight(byLabel[label]!)),
    draw: (random) =>
      byLabel.flatMap((ofLabel, label) => random.shuffle(ofLabel).slice(0, counts[label])),
  };
}

const meanWeight = (examples: readonly Example[]): number =>
  examples.reduce((sum, { weight = 1 }) => sum + weight, 0) / Math.max(1, examples.length);
