import type { Estimate } from "./bootstrap.ts";
import { meanRecallOf } from "./classification.ts";
import { estimatesOf } from "./estimates.ts";
import { countPredictions } from "./metrics.ts";
import type { Prediction } from "./prediction.ts";

/** How a model scores under one condition. */
export interface ConditionScores {
  readonly unweightedAverageRecall: Estimate;
  /** What is lost of the unweighted average recall of the same clips as they are. */
  readonly lost: Estimate;
}

/**
 * Returns the scores of predictions under a condition beside those of the same clips as they are, in the same order. Intervals
 * resample speakers, both from the same draws.
 * @throws RangeError when the clips differ
 */
export function conditionScores(
  clean: readonly Prediction[],
  worse: readonly Prediction[],
  labelCount: number,
): ConditionScores {
  if (clean.length !== worse.length || clean.some(({ id }, index) => worse[index]!.id !== id)) {
    throw new RangeError("conditionScores: clean and worse must hold the same clips");
  }
  const pairs = clean.map((prediction, index) => ({
    speakerId: prediction.speakerId,
    clean: prediction,
    worse: worse[index]!,
  }));
  const recallOf = (predictions: readonly Prediction[]): number =>
    meanRecallOf(countPredictions(predictions, labelCount));
  return estimatesOf(pairs, (drawn) => {
    const unweightedAverageRecall = recallOf(drawn.map((pair) => pair.worse));
    return {
      unweightedAverageRecall,
      lost: recallOf(drawn.map((pair) => pair.clean)) - unweightedAverageRecall,
    };
  });
}
