/** A class: its name, or its index. */
export type Label = string | number;

/** How often each class was predicted: [true label][predicted label]. */
export type ConfusionMatrix = readonly (readonly number[])[];

/** How to count a confusion matrix. */
export interface ConfusionMatrixOptions<L extends Label = Label> {
  /** Order of rows and columns; by default all labels that occur, sorted. */
  readonly labels?: readonly L[];
  /** What each cell is divided by: its row (`true`), its column (`pred`), or `all` samples; by default nothing. */
  readonly normalize?: "true" | "pred" | "all";
}

/** Precision, recall and F1 of one class against all others, each in 0..1; 0 where nothing can be divided. */
export interface ClassScores {
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
  /** Samples that truly carry the label. */
  readonly support: number;
  /** Samples that were predicted as the label. */
  readonly predicted: number;
}

/**
 * Returns the confusion matrix [labels, labels] with true labels as rows and predicted labels as columns.
 * @throws RangeError when the arrays differ in length or hold a label that `labels` lacks
 * @see scikit-learn `confusion_matrix`
 * @example
 * ```ts
 * import { confusionMatrix } from "undertone/metrics";
 *
 * const matrix = confusionMatrix(["sad", "sad", "calm"], ["sad", "calm", "calm"]); // → [[1, 0], [1, 1]]
 * ```
 */
export function confusionMatrix<L extends Label>(
  yTrue: ArrayLike<L>,
  yPred: ArrayLike<L>,
  { labels = sortedLabels(yTrue, yPred), normalize }: ConfusionMatrixOptions<L> = {},
): number[][] {
  if (yTrue.length !== yPred.length) {
    throw new RangeError(
      `confusionMatrix: yTrue and yPred must be of one length, got ${yTrue.length} and ${yPred.length}`,
    );
  }
  const indices = new Map(labels.map((label, index) => [label, index]));
  const indexOf = (label: L): number => {
    const index = indices.get(label);
    if (index !== undefined) return index;
    throw new RangeError(`confusionMatrix: labels must hold every label, got no ${label}`);
  };
  const counts = labels.map(() => labels.map(() => 0));
  for (let sample = 0; sample < yTrue.length; sample++) {
    counts[indexOf(yTrue[sample]!)]![indexOf(yPred[sample]!)]! += 1;
  }
  return normalize === undefined ? counts : normalized(counts, normalize);
}

function normalized(
  counts: ConfusionMatrix,
  by: NonNullable<ConfusionMatrixOptions["normalize"]>,
): number[][] {
  const columns = counts.map((_, label) => sum(counts.map((row) => row[label]!)));
  const total = sum(columns);
  return counts.map((row) => {
    const support = sum(row);
    return row.map((count, label) =>
      ratio(count, { true: support, pred: columns[label]!, all: total }[by]),
    );
  });
}

function sortedLabels<L extends Label>(yTrue: ArrayLike<L>, yPred: ArrayLike<L>): L[] {
  return [...new Set([...Array.from(yTrue), ...Array.from(yPred)])].toSorted((a, b) =>
    a < b ? -1 : Number(a > b),
  );
}

/**
 * Returns precision, recall, F1 and support of each class of a confusion matrix of counts.
 * @see scikit-learn `precision_recall_fscore_support` with `zero_division=0`
 * @example
 * ```ts
 * import { classScores } from "undertone/metrics";
 *
 * const recall = classScores([[1, 0], [1, 1]])[0]?.recall; // → 1
 * ```
 */
export function classScores(matrix: ConfusionMatrix): ClassScores[] {
  return matrix.map((row, label) => {
    const hits = row[label]!;
    const support = sum(row);
    const predicted = matrix.reduce((total, other) => total + other[label]!, 0);
    return {
      precision: ratio(hits, predicted),
      recall: ratio(hits, support),
      f1: ratio(2 * hits, support + predicted),
      support,
      predicted,
    };
  });
}

/** Returns the mean recall over classes that occur among true labels. */
export function meanRecallOf(matrix: ConfusionMatrix): number {
  const occurring = classScores(matrix).filter(({ support }) => support > 0);
  return ratio(sum(occurring.map(({ recall }) => recall)), occurring.length);
}

/** Returns the share of samples on the diagonal. */
export function accuracyOf(matrix: ConfusionMatrix): number {
  return ratio(sum(matrix.map((row, label) => row[label]!)), sum(matrix.map(sum)));
}

/** Returns the mean F1 over classes that occur among true or predicted labels. */
export function macroF1Of(matrix: ConfusionMatrix): number {
  const occurring = classScores(matrix).filter(
    ({ support, predicted }) => support > 0 || predicted > 0,
  );
  return ratio(sum(occurring.map(({ f1 }) => f1)), occurring.length);
}

/** Returns the mean F1 weighted by the support of each class. */
export function weightedF1Of(matrix: ConfusionMatrix): number {
  const classes = classScores(matrix);
  return ratio(
    sum(classes.map(({ f1, support }) => f1 * support)),
    sum(classes.map(({ support }) => support)),
  );
}

/**
 * Returns the unweighted average recall in 0..1: the mean recall over classes that occur in `yTrue`.
 * @see scikit-learn `balanced_accuracy_score`
 * @example
 * ```ts
 * import { uar } from "undertone/metrics";
 *
 * const score = uar(["sad", "sad", "calm"], ["sad", "calm", "calm"]); // → 0.75
 * ```
 */
export function uar<L extends Label>(yTrue: ArrayLike<L>, yPred: ArrayLike<L>): number {
  return meanRecallOf(confusionMatrix(yTrue, yPred));
}

/**
 * Returns the share of samples whose label was predicted, in 0..1.
 * @see scikit-learn `accuracy_score`
 * @example
 * ```ts
 * import { accuracy } from "undertone/metrics";
 *
 * const score = accuracy(["sad", "sad", "calm", "calm"], ["sad", "calm", "calm", "calm"]); // → 0.75
 * ```
 */
export function accuracy<L extends Label>(yTrue: ArrayLike<L>, yPred: ArrayLike<L>): number {
  return accuracyOf(confusionMatrix(yTrue, yPred));
}

/**
 * Returns the mean F1 over classes that occur in `yTrue` or `yPred`, in 0..1.
 * @see scikit-learn `f1_score` with `average="macro"`
 * @example
 * ```ts
 * import { macroF1 } from "undertone/metrics";
 *
 * const score = macroF1(["sad", "calm", "calm", "sad"], ["sad", "calm", "calm", "sad"]); // → 1
 * ```
 */
export function macroF1<L extends Label>(yTrue: ArrayLike<L>, yPred: ArrayLike<L>): number {
  return macroF1Of(confusionMatrix(yTrue, yPred));
}

/**
 * Returns the mean F1 weighted by the support of each class, in 0..1.
 * @see scikit-learn `f1_score` with `average="weighted"`
 * @example
 * ```ts
 * import { weightedF1 } from "undertone/metrics";
 *
 * const score = weightedF1(["sad", "calm", "calm", "sad"], ["sad", "calm", "calm", "sad"]); // → 1
 * ```
 */
export function weightedF1<L extends Label>(yTrue: ArrayLike<L>, yPred: ArrayLike<L>): number {
  return weightedF1Of(confusionMatrix(yTrue, yPred));
}

const sum = (values: readonly number[]): number =>
  values.reduce((total, value) => total + value, 0);

const ratio = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole);
