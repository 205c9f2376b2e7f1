import type { Estimate } from "./bootstrap.ts";
import { reliabilityBins, type ReliabilityBin } from "./calibration.ts";
import { classScores, type ClassScores, type ConfusionMatrix } from "./classification.ts";
import { estimatesOf } from "./estimates.ts";
import {
  countPredictions,
  labelScores,
  probabilityMetrics,
  probabilityScores,
  type LabelScores,
  type MetricKey,
  type ProbabilityMetricKey,
  type ProbabilityScores,
  type Scores,
} from "./metrics.ts";
import type { Prediction } from "./prediction.ts";
import { riskCoverage, type RiskCoverage } from "./risk-coverage.ts";

/** How far confidence can be trusted. */
export interface Calibration extends ProbabilityScores<Estimate> {
  readonly bins: readonly ReliabilityBin[];
}

/** Scores of a group of clips: those of one speaker, or of one sex. */
export interface GroupScores {
  readonly clips: number;
  readonly unweightedAverageRecall: Estimate;
  readonly accuracy: number;
}

/** All scores of predictions on one test set. */
export interface Evaluation extends LabelScores<Estimate> {
  readonly clips: number;
  readonly speakers: number;
  /** [true label][predicted label], clips */
  readonly confusionMatrix: ConfusionMatrix;
  readonly perClass: readonly (Omit<ClassScores, "recall"> & {
    readonly label: string;
    readonly recall: Estimate;
  })[];
  /** Of speakers with at least 8 clips; the UAR of each is over the labels of these clips. */
  readonly perSpeaker: readonly (GroupScores & {
    readonly speakerId: string;
    readonly sex?: "female" | "male";
  })[];
  readonly bySex: readonly (GroupScores & {
    readonly sex: "female" | "male";
    readonly speakers: number;
  })[];
  readonly calibrated: Calibration;
  readonly uncalibrated: Calibration;
  /** With calibrated confidence. */
  readonly riskCoverage: RiskCoverage;
}

/**
 * Returns the scores of test predictions. `calibrated` holds the same clips as `uncalibrated`, each with the
 * temperature of its fold. Intervals resample speakers; within one speaker, clips.
 */
export function evaluate(
  uncalibrated: readonly Prediction[],
  calibrated: readonly Prediction[],
  labels: readonly string[],
): Evaluation {
  const countsOf = (clips: readonly Prediction[]) => countPredictions(clips, labels.length);
  const recalls = estimatesOf(calibrated, (clips) =>
    Object.fromEntries(
      classScores(countsOf(clips)).map(({ recall }, label) => [labels[label]!, recall]),
    ),
  );
  const confusionMatrix = countsOf(calibrated);
  return {
    clips: calibrated.length,
    speakers: new Set(calibrated.map(({ speakerId }) => speakerId)).size,
    ...estimatesOf(calibrated, (clips) => labelScores(countsOf(clips))),
    confusionMatrix,
    perClass: classScores(confusionMatrix).map((scores, label) => ({
      label: labels[label]!,
      ...scores,
      recall: recalls[labels[label]!]!,
    })),
    perSpeaker: speakerScores(calibrated, labels.length),
    bySex: sexScores(calibrated, labels.length),
    calibrated: calibrationOf(calibrated),
    uncalibrated: calibrationOf(uncalibrated),
    riskCoverage: riskCoverage(...arraysOf(calibrated)),
  };
}

/** Of fewer clips, a speaker's own score says nothing. */
export const fewestClips = 8;

function speakerScores(
  predictions: readonly Prediction[],
  labelCount: number,
): Evaluation["perSpeaker"] {
  const order = new Intl.Collator("en", { numeric: true });
  const bySpeaker = new Map<string, Prediction[]>();
  for (const prediction of predictions) {
    const clips = bySpeaker.get(prediction.speakerId);
    if (clips) clips.push(prediction);
    else bySpeaker.set(prediction.speakerId, [prediction]);
  }
  return [...bySpeaker]
    .filter(([, clips]) => clips.length >= fewestClips)
    .toSorted(([a], [b]) => order.compare(a, b))
    .map(([speakerId, clips]) => {
      const sex = clips[0]?.sex;
      return {
        speakerId,
        ...(sex !== undefined && { sex }),
        ...groupScores(clips, labelCount, "clip"),
      };
    });
}

function sexScores(predictions: readonly Prediction[], labelCount: number): Evaluation["bySex"] {
  return (["female", "male"] as const)
    .map((sex) => ({ sex, clips: predictions.filter((prediction) => prediction.sex === sex) }))
    .filter(({ clips }) => clips.length > 0)
    .map(({ sex, clips }) => ({
      sex,
      speakers: new Set(clips.map(({ speakerId }) => speakerId)).size,
      ...groupScores(clips, labelCount, "speaker"),
    }));
}

function groupScores(
  clips: readonly Prediction[],
  labelCount: number,
  by: "speaker" | "clip",
): GroupScores {
  const { unweightedAverageRecall, accuracy } = estimatesOf(
    clips,
    (drawn) => labelScores(countPredictions(drawn, labelCount)),
    { by },
  );
  return { clips: clips.length, unweightedAverageRecall, accuracy: accuracy.value };
}

const biased: readonly ProbabilityMetricKey[] = probabilityMetrics.flatMap((metric) =>
  "biasedByRepeats" in metric ? [metric.key] : [],
);

/** Returns the probability metrics of predictions with 95 % intervals, and their reliability diagram. */
export function calibrationOf(predictions: readonly Prediction[]): Calibration {
  return {
    ...estimatesOf(predictions, (clips) => probabilityScores(...arraysOf(clips)), { biased }),
    bins: reliabilityBins(...arraysOf(predictions)),
  };
}

/** True labels [samples] and probabilities [samples, labels] of predictions. */
const arraysOf = (predictions: readonly Prediction[]) =>
  [
    predictions.map(({ actual }) => actual),
    predictions.map(({ probabilities }) => probabilities),
  ] as const;

/** Returns a metric of an evaluation, after calibration. */
export function estimateOf(evaluation: Evaluation, key: MetricKey): Estimate {
  const scores: Scores<Estimate> = { ...evaluation, ...evaluation.calibrated };
  return scores[key];
}
