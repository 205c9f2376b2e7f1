/**
 * Metrics of speech emotion recognition: `undertone/metrics`, for Node and the browser. Arrays in, numbers out.
 *
 * - `yTrue` and `yPred` are arrays [samples] of labels, names or numbers, in the same order. Metrics of probabilities take
 *   `yTrue` as column indices of `probabilities` [samples, labels], whose rows sum to 1.
 * - `ccc`, `pearson` and `rmse` take true and predicted values [samples] on a dimension, such as arousal.
 * - Scores of labels lie in 0..1, the Brier score in 0..2, log loss in 0..36.04; they are no percentages.
 * - Names, zero divisions (0) and averages are scikit-learn's, and the tests compare with its values.
 * - `diarizationErrorRate` takes turns, each `{ startSec, endSec, speaker }`; `equalErrorRate` takes scores of trials.
 * - `bootstrap` gives a 95 % interval of any function of such arrays; pass the speakers as `groups`.
 * - Nothing here mutates its arguments.
 */
export { bootstrap, type BootstrapOptions, type Estimate } from "./bootstrap.ts";
export {
  brierScore,
  expectedCalibrationError,
  logLoss,
  reliabilityBins,
  type BinOptions,
  type ReliabilityBin,
} from "./calibration.ts";
export {
  accuracy,
  classScores,
  confusionMatrix,
  macroF1,
  uar,
  weightedF1,
  type ClassScores,
  type ConfusionMatrix,
  type ConfusionMatrixOptions,
  type Label,
} from "./classification.ts";
export {
  diarizationErrorRate,
  diarizationErrors,
  type DiarizationErrors,
  type DiarizationOptions,
} from "./diarization.ts";
export { equalErrorRate } from "./equal-error-rate.ts";
export { metrics, type MetricFacts } from "./metrics.ts";
export type { Probabilities } from "./prediction.ts";
export { ccc, pearson, rmse } from "./regression.ts";
export { riskCoverage, type RiskCoverage, type RiskCoveragePoint } from "./risk-coverage.ts";
export { spokenWords } from "./spoken-words.ts";
export { wordErrorRate } from "./word-error-rate.ts";
