import { negativeLogLikelihood } from "../evaluation/calibration.ts";
import { countPredictions, labelScores } from "../evaluation/metrics.ts";
import type { Prediction } from "../evaluation/prediction.ts";
import { meanConcordance } from "../evaluation/regression.ts";
import { logSoftmax, softmax } from "../graph/operators/activation.ts";
import { add, divide, multiply, negate, subtract } from "../graph/operators/arithmetic.ts";
import { reduceMean, reduceSum } from "../graph/operators/reduce.ts";
import { scalar, type Tensor } from "../graph/tensor.ts";
import type { Architecture } from "../models/definition.ts";
import type { Example } from "../models/example.ts";
import type { Scores } from "./train.ts";

/** What a network is trained for. */
export interface Objective {
  /** Outputs and targets of a batch, both [batch, outputs] → the loss, []. */
  readonly loss: (outputs: Tensor, targets: Tensor) => Tensor;
  /** Whether the losses of the parts of a batch sum to its own. */
  readonly isAdditive: boolean;
  /** Outputs → what is predicted, both [batch, outputs]. */
  readonly predict: (outputs: Tensor) => Tensor;
  /** Returns loss and metrics of predictions [examples, outputs]. */
  readonly score: (
    examples: readonly Example[],
    predictions: readonly (readonly number[])[],
  ) => Scores;
}

/** The objective of a network of emotions: cross-entropy. */
const classification: Objective = {
  loss: crossEntropy,
  isAdditive: true,
  predict: (logits) => softmax(logits),
  score: (examples, predictions) =>
    emotionScores(
      examples.map(({ id, label }, row) => ({
        id,
        actual: label,
        probabilities: predictions[row]!,
      })),
      predictions[0]!.length,
    ),
};

/** Returns mean loss and every label metric of predictions. */
export function emotionScores(
  predictions: readonly Pick<Prediction, "id" | "actual" | "probabilities">[],
  classes: number,
): Scores {
  const loss = negativeLogLikelihood(predictions);
  return { loss, ...labelScores(countPredictions(predictions, classes)) };
}

/** The objective of a network of dimensions: concordance. */
const regression: Objective = {
  loss: concordanceLoss,
  isAdditive: false,
  predict: (values) => values,
  score(examples, predictions) {
    const scored = examples.map(({ dimensions }, row) => ({
      actual: dimensions!,
      predicted: predictions[row]!,
    }));
    return { loss: 1 - meanConcordance(scored, predictions[0]!.length) };
  },
};

/** Returns what a network is trained for. */
export function objectiveOf({ isRegression = false }: Pick<Architecture, "isRegression">) {
  return isRegression ? regression : classification;
}

/** The weighted cross-entropy of soft targets: −Σ targets · log softmax(logits). */
function crossEntropy(logits: Tensor, targets: Tensor): Tensor {
  const axes = logits.shape.map((_, axis) => axis);
  return negate(reduceSum(multiply(targets, logSoftmax(logits)), { axes }));
}

const leastSpread = 1e-6; // of a batch whose ratings and outputs are all the same

/**
 * 1 − CCC of each dimension over the batch, the mean over dimensions: [batch, dimensions] both → [].
 * @see Lin 1989; Trigeorgis et al. 2016, Adieu Features?, for its use as a loss
 */
export function concordanceLoss(outputs: Tensor, targets: Tensor): Tensor {
  const overBatch = { axes: [0], keepAxes: true };
  const [meanOutput, meanTarget] = [reduceMean(outputs, overBatch), reduceMean(targets, overBatch)];
  const [output, target] = [subtract(outputs, meanOutput), subtract(targets, meanTarget)];
  const covariance = reduceMean(multiply(output, target), overBatch);
  const variances = reduceMean(add(square(output), square(target)), overBatch);
  const spread = add(variances, square(subtract(meanOutput, meanTarget)));
  const concordance = divide(multiply(covariance, scalar(2)), add(spread, scalar(leastSpread)));
  return subtract(scalar(1), reduceMean(concordance, { axes: [0, 1] }));
}

const square = (x: Tensor): Tensor => multiply(x, x);
