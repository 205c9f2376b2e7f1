import { logOf, softmaxOf } from "../shared/probabilities.ts";

/** How the answers of two models that were trained apart become one. */
export const lateFusionMethods = ["mean-probabilities", "mean-logits", "vote", "weights"] as const;

export type LateFusionMethod = (typeof lateFusionMethods)[number];

/** A rule of late fusion, for probabilities that have each model's own temperature already. */
export interface LateFusion {
  readonly method: LateFusionMethod;
  /** Weight of the first model's logits under `weights`, 0 to 1; the second has the rest. */
  readonly firstWeight: number;
}

/**
 * Makes one answer of what two models say of an utterance, all [labels] that sum to 1:
 * `mean-probabilities` is the mean of both; `mean-logits` their geometric mean, made to sum to 1;
 * `weights` the same with weights that were fitted; under `vote` each votes for its likeliest
 * label, and where they differ the surer one decides, else the mean stands.
 */
export function fuseProbabilities(
  { method, firstWeight }: LateFusion,
  first: readonly number[],
  second: readonly number[],
): number[] {
  switch (method) {
    case "mean-probabilities":
      return meanProbabilities([first, second]);
    case "mean-logits":
      return meanOfLogits(first, second, 0.5);
    case "weights":
      return meanOfLogits(first, second, firstWeight);
    case "vote":
      return voted(first, second);
    default:
      return method satisfies never;
  }
}

/** The mean of what several models say of an utterance, each [labels]. */
export function meanProbabilities(answers: readonly (readonly number[])[]): number[] {
  return answers[0]!.map(
    (_, label) => answers.reduce((sum, answer) => sum + answer[label]!, 0) / answers.length,
  );
}

function meanOfLogits(
  first: readonly number[],
  second: readonly number[],
  firstWeight: number,
): number[] {
  const logits = first.map(
    (p, label) => firstWeight * logOf(p) + (1 - firstWeight) * logOf(second[label]!),
  );
  return softmaxOf(logits);
}

function voted(first: readonly number[], second: readonly number[]): number[] {
  const [surestFirst, surestSecond] = [Math.max(...first), Math.max(...second)];
  if (first.indexOf(surestFirst) === second.indexOf(surestSecond))
    return meanProbabilities([first, second]);
  return [...(surestFirst >= surestSecond ? first : second)];
}
