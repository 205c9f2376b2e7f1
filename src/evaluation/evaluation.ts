import {
  brierScore,
  expectedCalibrationError,
  negativeLogLikelihood,
  reliabilityBins,
  type ReliabilityBin,
} from "./calibration.ts";
import { bootstrapIntervals, type Interval } from "./intervals.ts";
import { classScores, confusionMatrix, scoresOf, type ConfusionMatrix } from "./metrics.ts";
import type { Prediction } from "./prediction.ts";
import { selectiveScores, type Selective } from "./selective.ts";

/** A score with its 95 % interval; without one where there is a single speaker. */
export interface Estimate extends Partial<Interval> {
  readonly value: number;
}

/** How far confidence is to be believed: lower is better in all three numbers. */
export interface Reliability {
  readonly expectedCalibrationError: Estimate;
  readonly negativeLogLikelihood: number;
  readonly brierScore: number;
  readonly bins: readonly ReliabilityBin[];
}

/** The score of a group of clips: a speaker's, or those of one sex. */
export interface GroupScores {
  readonly clips: number;
  readonly unweightedAverageRecall: Estimate;
  readonly accuracy: number;
}

/** Everything that predictions on one test set say about a model. Scores lie in 0..1. */
export interface Evaluation {
  readonly clips: number;
  readonly speakers: number;
  readonly unweightedAverageRecall: Estimate;
  readonly accuracy: Estimate;
  readonly macroF1: Estimate;
  readonly weightedF1: number;
  /** [actual][predicted], clips */
  readonly confusionMatrix: ConfusionMatrix;
  readonly perClass: readonly {
    readonly label: string;
    readonly precision: number;
    readonly recall: Estimate;
    readonly f1: number;
    readonly support: number;
    readonly answered: number;
  }[];
  /** Of speakers with at least 8 clips. */
  readonly perSpeaker: readonly (GroupScores & {
    readonly speakerId: string;
    readonly sex?: "female" | "male";
  })[];
  readonly bySex: readonly (GroupScores & {
    readonly sex: "female" | "male";
    readonly speakers: number;
  })[];
  readonly calibrated: Reliability;
  readonly uncalibrated: Reliability;
  /** With calibrated confidence. */
  readonly selective: Selective;
}

/**
 * Scores test predictions. `calibrated` holds the same clips as `uncalibrated`, each with the
 * temperature of its fold. Intervals resample speakers; within one speaker, clips.
 */
export function evaluate(
  uncalibrated: readonly Prediction[],
  calibrated: readonly Prediction[],
  labels: readonly string[],
): Evaluation {
  const labelCount = labels.length;
  const matrix = confusionMatrix(calibrated, labelCount);
  const scores = scoresOf(matrix);
  const intervals = bootstrapIntervals(calibrated, { labelCount });
  return {
    clips: calibrated.length,
    speakers: new Set(calibrated.map(({ speakerId }) => speakerId)).size,
    unweightedAverageRecall: {
      value: scores.unweightedAverageRecall,
      ...intervals?.unweightedAverageRecall,
    },
    accuracy: { value: scores.accuracy, ...intervals?.accuracy },
    macroF1: { value: scores.macroF1, ...intervals?.macroF1 },
    weightedF1: scores.weightedF1,
    confusionMatrix: matrix,
    perClass: classScores(matrix).map(({ recall, ...rest }, label) => ({
      label: labels[label]!,
      ...rest,
      recall: { value: recall, ...intervals?.recalls[label] },
    })),
    perSpeaker: speakerScores(calibrated, labelCount),
    bySex: sexScores(calibrated, labelCount),
    calibrated: reliabilityOf(calibrated, intervals?.expectedCalibrationError),
    uncalibrated: reliabilityOf(
      uncalibrated,
      bootstrapIntervals(uncalibrated, { labelCount })?.expectedCalibrationError,
    ),
    selective: selectiveScores(calibrated),
  };
}

/** Of fewer clips, a speaker's own score would say nothing. */
const fewestClips = 8;

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
  const { unweightedAverageRecall, accuracy } = scoresOf(confusionMatrix(clips, labelCount));
  const intervals = bootstrapIntervals(clips, { labelCount, by });
  return {
    clips: clips.length,
    unweightedAverageRecall: {
      value: unweightedAverageRecall,
      ...intervals?.unweightedAverageRecall,
    },
    accuracy,
  };
}

function reliabilityOf(
  predictions: readonly Prediction[],
  interval: Interval | undefined,
): Reliability {
  const bins = reliabilityBins(predictions);
  return {
    expectedCalibrationError: { value: expectedCalibrationError(bins), ...interval },
    negativeLogLikelihood: negativeLogLikelihood(predictions),
    brierScore: brierScore(predictions),
    bins,
  };
}
