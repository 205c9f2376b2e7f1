import { predictedLabel, type Prediction } from "./prediction.ts";

/** How often each label was answered: [actual][predicted] clips. */
export type ConfusionMatrix = readonly (readonly number[])[];

/** Scores of a confusion matrix, each in 0..1. */
export interface Scores {
  readonly unweightedAverageRecall: number;
  readonly accuracy: number;
  readonly macroF1: number;
  readonly weightedF1: number;
}

/** Scores of one label against all others, each in 0..1; 0 where nothing can be divided. */
export interface ClassScores {
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
  /** Clips that truly carry the label. */
  readonly support: number;
  /** Clips that were answered so. */
  readonly answered: number;
}

/** Counts predictions as `confusionMatrix[actual][predicted]`, [labelCount, labelCount]. */
export function confusionMatrix(
  predictions: readonly Pick<Prediction, "id" | "actual" | "probabilities">[],
  labelCount: number,
): ConfusionMatrix {
  const matrix = Array.from({ length: labelCount }, () => Array<number>(labelCount).fill(0));
  for (const { id, actual, probabilities } of predictions) {
    const row = matrix[actual];
    if (row === undefined || probabilities.length !== labelCount) {
      throw new RangeError(`confusionMatrix: clip ${id} does not fit ${labelCount} labels`);
    }
    row[predictedLabel(probabilities)]! += 1;
  }
  return matrix;
}

/**
 * Precision, recall and F1 of every label.
 * @see scikit-learn `precision_recall_fscore_support` with `zero_division=0`
 */
export function classScores(matrix: ConfusionMatrix): ClassScores[] {
  return matrix.map((row, label) => {
    const hits = row[label]!;
    const support = sum(row);
    const answered = matrix.reduce((total, other) => total + other[label]!, 0);
    return {
      precision: ratio(hits, answered),
      recall: ratio(hits, support),
      f1: ratio(2 * hits, support + answered),
      support,
      answered,
    };
  });
}

/**
 * The scores of a whole confusion matrix. Unweighted average recall is the mean over labels that
 * occur in `actual`; macro-F1 the mean over labels that occur at all; weighted F1 goes by support.
 * @see scikit-learn `balanced_accuracy_score`, `accuracy_score`, `f1_score`
 */
export function scoresOf(matrix: ConfusionMatrix, classes = classScores(matrix)): Scores {
  const total = sum(classes.map(({ support }) => support));
  const actual = classes.filter(({ support }) => support > 0);
  const occurring = classes.filter(({ support, answered }) => support > 0 || answered > 0);
  return {
    unweightedAverageRecall: ratio(sum(actual.map(({ recall }) => recall)), actual.length),
    accuracy: ratio(sum(matrix.map((row, label) => row[label]!)), total),
    macroF1: ratio(sum(occurring.map(({ f1 }) => f1)), occurring.length),
    weightedF1: ratio(sum(actual.map(({ f1, support }) => f1 * support)), total),
  };
}

const sum = (values: readonly number[]): number =>
  values.reduce((total, value) => total + value, 0);

const ratio = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole);
