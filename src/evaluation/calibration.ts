import { logOf, softmaxOf } from "../shared/probabilities.ts";
import { predictedLabel, type Prediction, type Probabilities } from "./prediction.ts";

/** One bin of a reliability diagram: the samples whose confidence lies in (from, to]. */
export interface ReliabilityBin {
  readonly from: number;
  readonly to: number;
  readonly clips: number;
  /** Mean probability of the predicted label; 0 in an empty bin. */
  readonly confidence: number;
  /** Share of correct predictions; 0 in an empty bin. */
  readonly accuracy: number;
}

/** How confidence is binned. */
export interface BinOptions {
  /** Bins of equal width over 0..1; 15 by default, as in Guo et al. 2017. */
  readonly bins?: number;
}

/**
 * Returns the reliability diagram: for each bin of confidence, mean confidence and accuracy.
 * `yTrue` [samples] holds column indices of `probabilities` [samples, labels].
 * @example
 * ```ts
 * import { reliabilityBins } from "undertone/metrics";
 *
 * const share = reliabilityBins([0, 1], [[0.9, 0.1], [0.8, 0.2]], { bins: 1 })[0]?.accuracy; // → 0.5
 * ```
 */
export function reliabilityBins(
  yTrue: ArrayLike<number>,
  probabilities: Probabilities,
  { bins: count = 15 }: BinOptions = {},
): ReliabilityBin[] {
  const bins = Array.from({ length: count }, () => ({ clips: 0, confidence: 0, correct: 0 }));
  for (let sample = 0; sample < probabilities.length; sample++) {
    const row = probabilities[sample]!;
    const predicted = predictedLabel(row);
    const confidence = row[predicted]!;
    const bin = bins[Math.max(0, Math.ceil(confidence * count) - 1)]!;
    bin.clips += 1;
    bin.confidence += confidence;
    bin.correct += Number(predicted === yTrue[sample]);
  }
  return bins.map(({ clips, confidence, correct }, index) => ({
    from: index / count,
    to: (index + 1) / count,
    clips,
    confidence: confidence / Math.max(1, clips),
    accuracy: correct / Math.max(1, clips),
  }));
}

/**
 * Returns the expected calibration error in 0..1: the mean distance between confidence and accuracy over
 * the bins of the predicted label's probability, weighted by samples.
 * @see Guo et al., On Calibration of Modern Neural Networks, 2017, equation 3
 * @example
 * ```ts
 * import { expectedCalibrationError } from "undertone/metrics";
 *
 * const score = expectedCalibrationError([0, 1], [[1, 0], [1, 0]]); // → 0.5
 * ```
 */
export function expectedCalibrationError(
  yTrue: ArrayLike<number>,
  probabilities: Probabilities,
  options: BinOptions = {},
): number {
  const gaps = reliabilityBins(yTrue, probabilities, options).map(
    ({ clips, accuracy, confidence }) => clips * Math.abs(accuracy - confidence),
  );
  return gaps.reduce((total, gap) => total + gap, 0) / Math.max(1, probabilities.length);
}

/**
 * Returns the mean of −ln(probability of the true label); a probability of 0 counts as 2⁻⁵².
 * @see scikit-learn `log_loss`
 * @example
 * ```ts
 * import { logLoss } from "undertone/metrics";
 *
 * const score = logLoss([0, 1], [[0.5, 0.5], [0.5, 0.5]]); // → 0.693147
 * ```
 */
export function logLoss(yTrue: ArrayLike<number>, probabilities: Probabilities): number {
  const total = probabilities.reduce((sum, row, sample) => sum - logOf(row[yTrue[sample]!]!), 0);
  return total / Math.max(1, probabilities.length);
}

/**
 * Returns the multi-class Brier score in 0..2: the mean squared distance to the one-hot true label.
 * @see Brier, Verification of Forecasts, 1950
 * @example
 * ```ts
 * import { brierScore } from "undertone/metrics";
 *
 * const score = brierScore([0, 1], [[1, 0], [1, 0]]); // → 1
 * ```
 */
export function brierScore(yTrue: ArrayLike<number>, probabilities: Probabilities): number {
  let total = 0;
  for (let sample = 0; sample < probabilities.length; sample++) {
    const row = probabilities[sample]!;
    for (let label = 0; label < row.length; label++) {
      total += (row[label]! - Number(label === yTrue[sample])) ** 2;
    }
  }
  return total / Math.max(1, probabilities.length);
}

/** Returns the log loss of predictions. */
export function negativeLogLikelihood(
  predictions: readonly Pick<Prediction, "actual" | "probabilities">[],
): number {
  return logLoss(
    predictions.map(({ actual }) => actual),
    predictions.map(({ probabilities }) => probabilities),
  );
}

/** Returns the prediction with its logits divided by `temperature`. */
export function withTemperature<P extends Prediction>(prediction: P, temperature: number): P {
  const scaled = prediction.probabilities.map((p) => logOf(p) / temperature);
  return { ...prediction, probabilities: softmaxOf(scaled) };
}

const goldenRatio = (Math.sqrt(5) - 1) / 2;

/** Returns where a function of one minimum between two ends is least, to within `tolerance`. */
export function goldenSection(
  valueAt: (place: number) => number,
  ends: readonly [low: number, high: number],
  tolerance: number,
): number {
  let [low, high] = ends;
  while (high - low > tolerance) {
    const width = goldenRatio * (high - low);
    if (valueAt(high - width) < valueAt(low + width)) high = low + width;
    else low = high - width;
  }
  return (low + high) / 2;
}

/**
 * Returns the temperature in 0.05..20 with the least log loss on validation predictions, and that loss, by
 * golden section: the loss has one minimum along the logarithm of the temperature.
 * @see Guo et al. 2017, section 4.2
 */
export function fitTemperature(validation: readonly Prediction[]): {
  readonly temperature: number;
  readonly validationLoss: number;
} {
  if (validation.length === 0) {
    throw new RangeError("fitTemperature: validation must hold at least one prediction, got none");
  }
  const lossAt = (logTemperature: number): number =>
    negativeLogLikelihood(
      validation.map((prediction) => withTemperature(prediction, Math.exp(logTemperature))),
    );
  const middle = goldenSection(lossAt, [Math.log(0.05), Math.log(20)], 1e-5);
  return { temperature: Math.exp(middle), validationLoss: lossAt(middle) };
}
