/** Undertone's metrics as a library, `undertone/metrics`: arrays in, numbers out. */
export {
  brierScore,
  expectedCalibrationError,
  fitTemperature,
  negativeLogLikelihood,
  reliabilityBins,
  withTemperature,
  type ReliabilityBin,
} from "./calibration.ts";
export { evaluate, type Estimate, type Evaluation } from "./evaluation.ts";
export {
  bootstrapIntervals,
  pairedDifferenceIntervals,
  type Interval,
  type ResampledScores,
  type ResampleOptions,
} from "./intervals.ts";
export {
  classScores,
  confusionMatrix,
  scoresOf,
  type ClassScores,
  type ConfusionMatrix,
  type Scores,
} from "./metrics.ts";
export type { Prediction } from "./prediction.ts";
export { selectiveScores, type Selective, type SelectivePoint } from "./selective.ts";
export { countWordErrors, wordErrorRate, type WordErrors } from "./word-error-rate.ts";
