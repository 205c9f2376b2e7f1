/**
 * The registry of metrics. A metric is one entry here: the report, `evaluation.json`, the results page, `compare`,
 * the choices of early stopping and the reference in the docs are made from the entries.
 */
import { brierScore, expectedCalibrationError, logLoss } from "./calibration.ts";
import {
  accuracyOf,
  macroF1Of,
  meanRecallOf,
  weightedF1Of,
  type ConfusionMatrix,
} from "./classification.ts";
import { ccc, pearson, rmse } from "./regression.ts";
import { predictedLabel, type Prediction, type Probabilities } from "./prediction.ts";

/** What a prediction needs to be scored. */
type Scored = Pick<Prediction, "id" | "actual" | "probabilities">;

/** A table that shows metrics; JSON holds all of them. */
export type MetricPlace = "report" | "comparison" | "leaderboard" | "earlyStopping";

/** How a metric is named, read and shown. */
export interface MetricFacts {
  /** Its name in JSON. */
  readonly key: string;
  readonly name: string;
  readonly abbreviation: string;
  /** Its definition, a sentence for the docs. */
  readonly definition: string;
  readonly better: "higher" | "lower";
  readonly format: (value: number) => string;
  readonly shownIn: readonly MetricPlace[];
  /** Whether repeated samples only ever raise it, so that its bootstrap interval is moved back by that bias. */
  readonly biasedByRepeats?: boolean;
}

/** A metric of predicted labels: a function of counts [true label][predicted label]. */
interface LabelMetric extends MetricFacts {
  readonly compute: (counts: ConfusionMatrix) => number;
}

/** A metric of probabilities [samples, labels] and true labels [samples]. */
interface ProbabilityMetric extends MetricFacts {
  readonly compute: (yTrue: readonly number[], probabilities: Probabilities) => number;
}

/** A metric of true and predicted values [samples]. */
interface DimensionMetric extends MetricFacts {
  readonly compute: (yTrue: readonly number[], yPred: readonly number[]) => number;
}

/** A share in 0..1 in per cent, such as `62.3`. */
export const percent = (share: number): string => (100 * share).toFixed(1);

const threeDigits = (value: number): string => value.toFixed(3);

/** Metrics that a confusion matrix holds; calibration does not change them. */
export const labelMetrics = [
  {
    key: "unweightedAverageRecall",
    name: "Unweighted average recall",
    abbreviation: "UAR",
    definition: "mean recall over the classes that occur among true labels; chance is 1 / classes",
    better: "higher",
    format: percent,
    shownIn: ["report", "comparison", "leaderboard", "earlyStopping"],
    compute: meanRecallOf,
  },
  {
    key: "accuracy",
    name: "Accuracy",
    abbreviation: "accuracy",
    definition: "share of clips whose label was predicted (weighted average recall)",
    better: "higher",
    format: percent,
    shownIn: ["report", "comparison", "leaderboard"],
    compute: accuracyOf,
  },
  {
    key: "macroF1",
    name: "Macro-F1",
    abbreviation: "macro-F1",
    definition: "mean F1 over the classes that occur among true or predicted labels",
    better: "higher",
    format: percent,
    shownIn: ["report", "comparison", "leaderboard", "earlyStopping"],
    compute: macroF1Of,
  },
  {
    key: "weightedF1",
    name: "Weighted F1",
    abbreviation: "weighted F1",
    definition: "mean F1 over classes, weighted by their clips",
    better: "higher",
    format: percent,
    shownIn: ["comparison"],
    compute: weightedF1Of,
  },
] as const satisfies readonly LabelMetric[];

/** Metrics of probabilities; calibration changes them. */
export const probabilityMetrics = [
  {
    key: "expectedCalibrationError",
    name: "Expected calibration error",
    abbreviation: "ECE",
    definition: "mean distance between confidence and accuracy over 15 bins of equal width",
    better: "lower",
    format: percent,
    shownIn: ["report", "comparison", "leaderboard"],
    biasedByRepeats: true,
    compute: (yTrue, probabilities) => expectedCalibrationError(yTrue, probabilities),
  },
  {
    key: "negativeLogLikelihood",
    name: "Log loss",
    abbreviation: "log loss",
    definition: "mean of −ln(probability of the true label); a probability of 0 counts as 2⁻⁵²",
    better: "lower",
    format: threeDigits,
    shownIn: [],
    compute: logLoss,
  },
  {
    key: "brierScore",
    name: "Brier score",
    abbreviation: "Brier",
    definition: "mean squared distance to the one-hot true label, 0 to 2",
    better: "lower",
    format: threeDigits,
    shownIn: [],
    compute: brierScore,
  },
] as const satisfies readonly ProbabilityMetric[];

/** Metrics of values on a dimension: functions of true and predicted values [samples]. */
export const dimensionMetrics = [
  {
    key: "concordance",
    name: "Concordance correlation coefficient",
    abbreviation: "CCC",
    definition: "2 · covariance / (both variances + squared difference of the means), −1 to 1",
    better: "higher",
    format: threeDigits,
    shownIn: [],
    compute: ccc,
  },
  {
    key: "pearson",
    name: "Pearson correlation",
    abbreviation: "Pearson r",
    definition: "covariance / (product of the standard deviations), −1 to 1",
    better: "higher",
    format: threeDigits,
    shownIn: [],
    compute: pearson,
  },
  {
    key: "rootMeanSquareError",
    name: "Root mean square error",
    abbreviation: "RMSE",
    definition: "square root of the mean squared difference, on the scale of the ratings",
    better: "lower",
    format: threeDigits,
    shownIn: [],
    compute: rmse,
  },
] as const satisfies readonly DimensionMetric[];

export type LabelMetricKey = (typeof labelMetrics)[number]["key"];
export type ProbabilityMetricKey = (typeof probabilityMetrics)[number]["key"];
export type DimensionMetricKey = (typeof dimensionMetrics)[number]["key"];
export type MetricKey = LabelMetricKey | ProbabilityMetricKey;

/** One value a metric. */
export type LabelScores<T = number> = Readonly<Record<LabelMetricKey, T>>;
export type ProbabilityScores<T = number> = Readonly<Record<ProbabilityMetricKey, T>>;
export type DimensionScores<T = number> = Readonly<Record<DimensionMetricKey, T>>;
export type Scores<T = number> = LabelScores<T> & ProbabilityScores<T>;

/** Every metric of emotions, label metrics first. */
export const metrics: readonly (MetricFacts & { readonly key: MetricKey })[] = [
  ...labelMetrics,
  ...probabilityMetrics,
];

/** Returns the metrics that a table shows, in their order. */
export function metricsIn(place: MetricPlace): typeof metrics {
  return metrics.filter((metric) => isShownIn(metric, place));
}

/** The label metrics that early stopping can watch. */
export const earlyStoppingMetrics: readonly LabelMetricKey[] = labelMetrics
  .filter((metric) => isShownIn(metric, "earlyStopping"))
  .map(({ key }) => key);

function isShownIn({ shownIn }: MetricFacts, place: MetricPlace): boolean {
  return shownIn.includes(place);
}

/** Returns every label metric of counts [true label][predicted label]. */
export function labelScores(counts: ConfusionMatrix): LabelScores {
  return recordOf(labelMetrics, (index) => labelMetrics[index]!.compute(counts));
}

/** Returns every metric of probabilities [samples, labels]. */
export function probabilityScores(
  yTrue: readonly number[],
  probabilities: Probabilities,
): ProbabilityScores {
  return recordOf(probabilityMetrics, (index) =>
    probabilityMetrics[index]!.compute(yTrue, probabilities),
  );
}

/** Returns every metric of values on a dimension. */
export function dimensionScores(
  yTrue: readonly number[],
  yPred: readonly number[],
): DimensionScores {
  return recordOf(dimensionMetrics, (index) => dimensionMetrics[index]!.compute(yTrue, yPred));
}

/**
 * Returns how often each label was predicted, [true label][predicted label].
 * @throws RangeError naming a clip that does not fit `labelCount`
 */
export function countPredictions(predictions: readonly Scored[], labelCount: number): number[][] {
  const counts = Array.from({ length: labelCount }, () => Array<number>(labelCount).fill(0));
  for (const { id, actual, probabilities } of predictions) {
    const row = counts[actual];
    if (row === undefined || probabilities.length !== labelCount) {
      throw new RangeError(`countPredictions: clip ${id} does not fit ${labelCount} labels`);
    }
    row[predictedLabel(probabilities)]! += 1;
  }
  return counts;
}

/** Returns every metric of predictions. */
export function scoresOf(predictions: readonly Scored[], labelCount: number): Scores {
  return {
    ...labelScores(countPredictions(predictions, labelCount)),
    ...probabilityScores(
      predictions.map(({ actual }) => actual),
      predictions.map(({ probabilities }) => probabilities),
    ),
  };
}

/** One value a metric, by its key. */
function recordOf<K extends string, T>(
  keyed: readonly { readonly key: K }[],
  valueOf: (index: number) => T,
): Readonly<Record<K, T>> {
  const entries = keyed.map(({ key }, index) => [key, valueOf(index)]);
  return Object.fromEntries(entries);
}
