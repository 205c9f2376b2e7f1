import { logOf, softmaxOf } from "../shared/probabilities.ts";
import { predictedLabel, type Prediction } from "./prediction.ts";

/** One bar of a reliability diagram: the clips whose confidence lies in (from, to]. */
export interface ReliabilityBin {
  readonly from: number;
  readonly to: number;
  readonly clips: number;
  /** Mean probability of the answer; 0 in an empty bin. */
  readonly confidence: number;
  /** Share of right answers; 0 in an empty bin. */
  readonly accuracy: number;
}

/** Bins of confidence, as in Guo et al. 2017. */
export const reliabilityBinCount = 15;

/** The bin that a confidence in 0..1 falls into; a boundary belongs to the bin below it. */
export function reliabilityBinOf(confidence: number): number {
  return Math.max(0, Math.ceil(confidence * reliabilityBinCount) - 1);
}

/** The reliability diagram of predictions: 15 bins of equal width over 0..1. */
export function reliabilityBins(predictions: readonly Prediction[]): ReliabilityBin[] {
  const bins = Array.from({ length: reliabilityBinCount }, () => ({ clips: 0, sure: 0, right: 0 }));
  for (const { actual, probabilities } of predictions) {
    const predicted = predictedLabel(probabilities);
    const confidence = probabilities[predicted]!;
    const bin = bins[reliabilityBinOf(confidence)]!;
    bin.clips += 1;
    bin.sure += confidence;
    bin.right += Number(predicted === actual);
  }
  return bins.map(({ clips, sure, right }, index) => ({
    from: index / reliabilityBinCount,
    to: (index + 1) / reliabilityBinCount,
    clips,
    confidence: sure / Math.max(1, clips),
    accuracy: right / Math.max(1, clips),
  }));
}

/**
 * The mean distance between confidence and accuracy over the bins, weighted by clips, in 0..1.
 * @see Guo et al., On Calibration of Modern Neural Networks, 2017, equation 3
 */
export function expectedCalibrationError(bins: readonly ReliabilityBin[]): number {
  const gaps = bins.map((bin) => bin.clips * Math.abs(bin.accuracy - bin.confidence));
  const clips = bins.map((bin) => bin.clips);
  return (
    gaps.reduce((a, b) => a + b, 0) /
    Math.max(
      1,
      clips.reduce((a, b) => a + b, 0),
    )
  );
}

/**
 * The mean of −ln(probability of the true label); a probability of 0 counts as 2⁻⁵².
 * @see scikit-learn `log_loss`
 */
export function negativeLogLikelihood(
  predictions: readonly Pick<Prediction, "actual" | "probabilities">[],
): number {
  return meanOf(predictions, ({ actual, probabilities }) => -logOf(probabilities[actual]!));
}

/** The mean squared distance to the true answer, in 0..2. @see Brier, Verification of Forecasts, 1950 */
export function brierScore(predictions: readonly Prediction[]): number {
  return meanOf(predictions, ({ actual, probabilities }) =>
    probabilities.reduce((total, p, label) => total + (p - Number(label === actual)) ** 2, 0),
  );
}

/** The probabilities that the same logits give when they are divided by `temperature`. */
export function withTemperature<P extends Prediction>(prediction: P, temperature: number): P {
  const scaled = prediction.probabilities.map((p) => logOf(p) / temperature);
  return { ...prediction, probabilities: softmaxOf(scaled) };
}

const goldenRatio = (Math.sqrt(5) - 1) / 2;

/**
 * The temperature in 0.05..20 that makes the validation predictions likeliest, and the negative log
 * likelihood with it, by golden section: the loss has one minimum along the logarithm of the temperature.
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
  let [low, high] = [Math.log(0.05), Math.log(20)];
  while (high - low > 1e-5) {
    const width = goldenRatio * (high - low);
    if (lossAt(high - width) < lossAt(low + width)) high = low + width;
    else low = high - width;
  }
  const middle = (low + high) / 2;
  return { temperature: Math.exp(middle), validationLoss: lossAt(middle) };
}

function meanOf<P>(predictions: readonly P[], value: (prediction: P) => number): number {
  const total = predictions.reduce((sum, prediction) => sum + value(prediction), 0);
  return total / Math.max(1, predictions.length);
}
