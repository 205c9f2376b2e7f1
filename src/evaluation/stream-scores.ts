import { confusionMatrix, macroF1Of, meanRecallOf } from "./classification.ts";
import { predictedLabel } from "./prediction.ts";

/** A clip in a stream of speech that is mostly neutral. */
export interface StreamClip {
  /** Index of its label. */
  readonly actual: number;
  /** [labels], where each label is as likely beforehand. */
  readonly balanced: readonly number[];
  /** [labels], in speech that is mostly neutral. */
  readonly ordinary: readonly number[];
  /** How much it counts in the stream. */
  readonly weight: number;
  /** How strongly it is of any emotion. */
  readonly evidence: number;
  /** Whether no emotion is reported. */
  readonly abstained: boolean;
}

/** What a recognizer does to streams of speech; shares are of 1. */
export interface StreamScores {
  readonly clips: number;
  /** Among the labels of the clips, each as likely beforehand; absent where they have one label. */
  readonly unweightedAverageRecall?: number;
  readonly macroF1?: number;
  /** Area under the curve of emotional against neutral clips, by evidence. */
  readonly areaUnderCurve?: number;
  /** Share of neutral clips for which an emotion is reported: any, and with such a probability. */
  readonly falseAlarms: { readonly any: number; readonly half: number; readonly sure: number };
  /** Share of emotional clips for which an emotion is reported. */
  readonly noticed?: number;
  /** Expected calibration error in the stream. */
  readonly calibrationError: number;
  readonly abstained: number;
}

/** At this probability a false alarm is a sure one. */
const sureAt = 0.8;

/** @param unemotional indices of the labels of speech without an emotion */
export function streamScores(
  clips: readonly StreamClip[],
  unemotional: ReadonlySet<number>,
): StreamScores {
  const neutral = clips.filter(({ actual }) => unemotional.has(actual));
  const emotional = clips.filter(({ actual }) => !unemotional.has(actual));
  const reported = (some: readonly StreamClip[], least = 0): number =>
    shareOf(some, ({ ordinary, abstained }) => {
      const label = predictedLabel(ordinary);
      return !abstained && !unemotional.has(label) && ordinary[label]! >= least;
    });
  return {
    clips: clips.length,
    ...classScoresOf(clips),
    ...(emotional.length > 0 &&
      neutral.length > 0 && {
        areaUnderCurve: areaUnderCurve(
          emotional.map(({ evidence }) => evidence),
          neutral.map(({ evidence }) => evidence),
        ),
      }),
    falseAlarms: {
      any: reported(neutral),
      half: reported(neutral, 0.5),
      sure: reported(neutral, sureAt),
    },
    ...(emotional.length > 0 && { noticed: reported(emotional) }),
    calibrationError: calibrationError(clips),
    abstained: shareOf(clips, ({ abstained }) => abstained),
  };
}

function shareOf(clips: readonly StreamClip[], is: (clip: StreamClip) => boolean): number {
  return clips.filter(is).length / Math.max(1, clips.length);
}

function classScoresOf(clips: readonly StreamClip[]) {
  const labels = [...new Set(clips.map(({ actual }) => actual))];
  if (labels.length < 2) return {};
  const among = ({ balanced }: StreamClip): number =>
    labels.reduce((best, label) => (balanced[label]! > balanced[best]! ? label : best));
  const matrix = confusionMatrix(
    clips.map(({ actual }) => actual),
    clips.map(among),
    { labels },
  );
  return { unweightedAverageRecall: meanRecallOf(matrix), macroF1: macroF1Of(matrix) };
}

/** Returns the probability that a value of `higher` is above one of `lower`; ties count half. */
export function areaUnderCurve(higher: readonly number[], lower: readonly number[]): number {
  const sorted = lower.toSorted((a, b) => a - b);
  const below = (value: number, orEqual: boolean): number => {
    let [low, high] = [0, sorted.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (sorted[middle]! < value || (orEqual && sorted[middle] === value)) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  const wins = higher.reduce(
    (sum, value) => sum + (below(value, false) + below(value, true)) / 2,
    0,
  );
  return wins / (higher.length * lower.length);
}

const bins = 15;

/** @see expectedCalibrationError, here with weights */
function calibrationError(clips: readonly StreamClip[]): number {
  const gaps = new Float64Array(bins);
  let total = 0;
  for (const { ordinary, actual, weight } of clips) {
    const label = predictedLabel(ordinary);
    const confidence = ordinary[label]!;
    gaps[Math.max(0, Math.ceil(confidence * bins) - 1)]! +=
      weight * (Number(label === actual) - confidence);
    total += weight;
  }
  return gaps.reduce((sum, gap) => sum + Math.abs(gap), 0) / Math.max(Number.MIN_VALUE, total);
}
