import { addTo } from "../shared/group.ts";
import { logOf, softmaxOf } from "../shared/probabilities.ts";

/** How the probabilities of several models become one: late fusion. */
export const combinationMethods = ["mean", "logits", "vote", "weights"] as const;

export type CombinationMethod = (typeof combinationMethods)[number];

/** A rule of late fusion, for probabilities at each model's own temperature. */
export interface Combination {
  readonly method: CombinationMethod;
  /** Of each model under `weights`, to a sum of 1. */
  readonly weights?: readonly number[] | undefined;
}

/**
 * Returns the probabilities [labels] of an utterance by several models'. `mean` averages probabilities and `logits` their
 * logarithms; `weights` averages logarithms with fitted weights; under `vote` each model votes for its most likely
 * label, the most votes win, the most confident voter decides a tie, and the winners' probabilities are averaged.
 */
export function combine(
  { method, weights }: Combination,
  predictions: readonly (readonly number[])[],
): number[] {
  switch (method) {
    case "mean":
      return mean(predictions);
    case "logits":
      return meanOfLogits(
        predictions,
        predictions.map(() => 1 / predictions.length),
      );
    case "weights":
      return meanOfLogits(predictions, weights!);
    case "vote":
      return mean(winners(predictions));
    default:
      return method satisfies never;
  }
}

function mean(predictions: readonly (readonly number[])[]): number[] {
  return predictions[0]!.map(
    (_, label) => predictions.reduce((sum, one) => sum + one[label]!, 0) / predictions.length,
  );
}

function meanOfLogits(
  predictions: readonly (readonly number[])[],
  weights: readonly number[],
): number[] {
  const logits = predictions[0]!.map((_, label) =>
    predictions.reduce((sum, one, index) => sum + weights[index]! * logOf(one[label]!), 0),
  );
  return softmaxOf(logits);
}

const confidence = (voters: readonly (readonly number[])[]): number => Math.max(...voters.flat());

/** The predictions that voted for the label with the most votes. */
function winners(predictions: readonly (readonly number[])[]): (readonly number[])[] {
  const ballots = new Map<number, (readonly number[])[]>();
  for (const prediction of predictions) {
    const label = prediction.indexOf(Math.max(...prediction));
    addTo(ballots, label, prediction);
  }
  return [...ballots.values()].reduce((best, voters) => {
    if (voters.length !== best.length) return voters.length > best.length ? voters : best;
    return confidence(voters) > confidence(best) ? voters : best;
  });
}
