import { Random } from "../shared/random.ts";
import { reliabilityBinCount, reliabilityBinOf } from "./calibration.ts";
import { classScores, scoresOf } from "./metrics.ts";
import { predictedLabel, type Prediction } from "./prediction.ts";

/** A 95 % interval. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** Numbers that a resample yields. */
export interface ResampledScores<T = number> {
  readonly unweightedAverageRecall: T;
  readonly accuracy: T;
  readonly macroF1: T;
  readonly expectedCalibrationError: T;
  /** [labels] */
  readonly recalls: readonly T[];
}

/** How to resample. */
export interface ResampleOptions {
  readonly labelCount: number;
  readonly seed?: number;
  readonly resamples?: number;
  /** What is drawn with replacement: whole speakers (all their clips at once), or clips. */
  readonly by?: "speaker" | "clip";
}

/**
 * 95 % percentile bootstrap intervals: speakers are drawn with replacement, each with all its clips,
 * because the clips of one voice are not independent. `undefined` for fewer than two speakers.
 * @see Bisani & Ney, Bootstrap estimates for confidence intervals in ASR performance evaluation, 2004
 */
export function bootstrapIntervals(
  predictions: readonly Prediction[],
  options: ResampleOptions,
): ResampledScores<Interval> | undefined {
  const groups = groupsOf(predictions, options);
  if (groups.length < 2) return undefined;
  const tally = new Tally(predictions, options.labelCount);
  const samples = resampled(groups, options, (drawn) => tally.scores(drawn));
  const intervals = intervalsOf(samples, options.labelCount);
  // Repeated clips make confidence look further off than it is: the error's interval is moved by that bias.
  const errors = samples.map((scores) => scores.expectedCalibrationError);
  const bias =
    errors.reduce((a, b) => a + b, 0) / errors.length -
    tally.scores(groups).expectedCalibrationError;
  const { low, high } = intervals.expectedCalibrationError;
  return {
    ...intervals,
    expectedCalibrationError: { low: Math.max(0, low - bias), high: high - bias },
  };
}

/**
 * The 95 % intervals of `first` minus `second` on the same clips: both are scored on the same draws.
 * `undefined` for fewer than two speakers. Throws a `RangeError` when the clips differ.
 */
export function pairedDifferenceIntervals(
  first: readonly Prediction[],
  second: readonly Prediction[],
  options: ResampleOptions,
): ResampledScores<Interval> | undefined {
  if (!haveSameClips(first, second)) {
    throw new RangeError("pairedDifferenceIntervals: first and second must hold the same clips");
  }
  const groups = groupsOf(first, options);
  if (groups.length < 2) return undefined;
  const other = new Map(second.map((prediction) => [prediction.id, prediction]));
  const firstTally = new Tally(first, options.labelCount);
  const secondTally = new Tally(
    first.map(({ id }) => other.get(id)!),
    options.labelCount,
  );
  const differences = resampled(groups, options, (drawn) => {
    const [a, b] = [firstTally.scores(drawn), secondTally.scores(drawn)];
    return {
      unweightedAverageRecall: a.unweightedAverageRecall - b.unweightedAverageRecall,
      accuracy: a.accuracy - b.accuracy,
      macroF1: a.macroF1 - b.macroF1,
      expectedCalibrationError: a.expectedCalibrationError - b.expectedCalibrationError,
      recalls: a.recalls.map((recall, label) => recall - b.recalls[label]!),
    };
  });
  return intervalsOf(differences, options.labelCount);
}

/** Whether both lists judge the same clips once each, of the same speakers, under the same true labels. */
export function haveSameClips(
  first: readonly Prediction[],
  second: readonly Prediction[],
): boolean {
  const [a, b] = [new Set(first.map(keyOf)), new Set(second.map(keyOf))];
  return (
    a.size === first.length &&
    b.size === second.length &&
    a.size === b.size &&
    [...a].every((clip) => b.has(clip))
  );
}

const keyOf = ({ id, speakerId, actual }: Prediction): string =>
  JSON.stringify([id, speakerId, actual]);

/** Clip indices of each unit that is drawn as a whole. */
type Groups = readonly (readonly number[])[];

function groupsOf(predictions: readonly Prediction[], { by = "speaker" }: ResampleOptions): Groups {
  const groups = new Map<string, number[]>();
  for (const [index, { speakerId }] of predictions.entries()) {
    const key = by === "speaker" ? speakerId : String(index);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [index]);
    else group.push(index);
  }
  return [...groups.values()];
}

/** Draws the groups with replacement, as many as there are, and scores the clips in them. */
function resampled(
  groups: Groups,
  { seed = 1, resamples = 2000 }: ResampleOptions,
  score: (drawn: Groups) => ResampledScores,
): readonly ResampledScores[] {
  const random = new Random(seed, "bootstrap");
  return Array.from({ length: resamples }, () => score(groups.map(() => random.pick(groups))));
}

/** Scores any selection of clips in one pass: what each clip adds is worked out once. */
class Tally {
  readonly #labelCount: number;
  readonly #clips: readonly {
    readonly actual: number;
    readonly predicted: number;
    readonly confidence: number;
    readonly bin: number;
  }[];

  constructor(predictions: readonly Prediction[], labelCount: number) {
    this.#labelCount = labelCount;
    this.#clips = predictions.map(({ actual, probabilities }) => {
      const predicted = predictedLabel(probabilities);
      const confidence = probabilities[predicted]!;
      return { actual, predicted, confidence, bin: reliabilityBinOf(confidence) };
    });
  }

  scores(drawn: Groups): ResampledScores {
    const matrix = Array.from({ length: this.#labelCount }, () =>
      Array<number>(this.#labelCount).fill(0),
    );
    // Sums over a bin's clips: the calibration error needs no means, and no bounds.
    const bins = Array.from({ length: reliabilityBinCount }, () => ({
      clips: 0,
      sure: 0,
      right: 0,
    }));
    let clips = 0;
    for (const group of drawn) {
      for (const index of group) {
        const { actual, predicted, confidence, bin } = this.#clips[index]!;
        matrix[actual]![predicted]! += 1;
        bins[bin]!.sure += confidence;
        bins[bin]!.right += Number(actual === predicted);
      }
      clips += group.length;
    }
    const classes = classScores(matrix);
    const { unweightedAverageRecall, accuracy, macroF1 } = scoresOf(matrix, classes);
    return {
      unweightedAverageRecall,
      accuracy,
      macroF1,
      expectedCalibrationError:
        bins.reduce((gap, { sure, right }) => gap + Math.abs(right - sure), 0) / clips,
      recalls: classes.map(({ recall }) => recall),
    };
  }
}

function intervalsOf(
  samples: readonly ResampledScores[],
  labelCount: number,
): ResampledScores<Interval> {
  const interval = (value: (scores: ResampledScores) => number): Interval => {
    const sorted = Float64Array.from(samples, value).toSorted();
    return { low: percentile(sorted, 0.025), high: percentile(sorted, 0.975) };
  };
  return {
    unweightedAverageRecall: interval((scores) => scores.unweightedAverageRecall),
    accuracy: interval((scores) => scores.accuracy),
    macroF1: interval((scores) => scores.macroF1),
    expectedCalibrationError: interval((scores) => scores.expectedCalibrationError),
    recalls: Array.from({ length: labelCount }, (_, label) =>
      interval((scores) => scores.recalls[label]!),
    ),
  };
}

/** @see numpy.percentile, method "linear" */
function percentile(sorted: Float64Array, share: number): number {
  const place = share * (sorted.length - 1);
  const below = sorted[Math.floor(place)]!;
  return below + (sorted[Math.ceil(place)]! - below) * (place - Math.floor(place));
}
