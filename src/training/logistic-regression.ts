import { minimise } from "./lbfgs.ts";

/** A matrix [rows, columnCount] of which only the entries that are not zero are kept. */
export interface SparseRows {
  readonly columnCount: number;
  /** [rows + 1]: row r has the entries `starts[r]` up to `starts[r + 1]`. */
  readonly starts: Int32Array;
  /** [entries], the column of each. */
  readonly columns: Int32Array;
  /** [entries] */
  readonly values: Float64Array;
}

/** A full matrix, row-major, in the form that `fitLogisticRegression` takes. */
export function denseRows(values: ArrayLike<number>, columnCount: number): SparseRows {
  const rowCount = values.length / columnCount;
  return {
    columnCount,
    starts: Int32Array.from({ length: rowCount + 1 }, (_, row) => row * columnCount),
    columns: Int32Array.from(values, (_, entry) => entry % columnCount),
    values: Float64Array.from(values),
  };
}

/** A linear classifier: logits = row · weights + intercepts. */
export interface LogisticRegression {
  readonly classes: number;
  /** [columns + 1, classes], the intercepts in the last row. */
  readonly weights: Float64Array;
}

export interface LogisticRegressionOptions {
  readonly classes: number;
  /** How far training examples count against small weights: the loss is C · Σ −log p + ½ Σ w². */
  readonly c: number;
  /** Weighs each class by how rare it is, so that all count alike. */
  readonly balanced?: boolean;
  /** How much each row counts, [rows]; alike by default. */
  readonly rowWeights?: readonly number[] | undefined;
  /** Where to begin: a model of the same shape, such as one of a smaller C. */
  readonly start?: LogisticRegression | undefined;
  /** Of the loss's gradient a row. */
  readonly tolerance?: number;
  readonly maxIterations?: number;
}

/**
 * Multinomial logistic regression with an L2 penalty on the weights and none on the intercepts.
 * `labels` [rows], each below `classes`.
 * @see scikit-learn `LogisticRegression(C=c, class_weight="balanced" | None)`
 */
export function fitLogisticRegression(
  rows: SparseRows,
  labels: Int32Array,
  options: LogisticRegressionOptions,
): LogisticRegression {
  const { classes, c, balanced = false, start, tolerance = 1e-4, maxIterations = 300 } = options;
  const { rowWeights = Array.from(labels, () => 1) } = options;
  for (const { length: given } of [labels, rowWeights]) {
    const wanted = rows.starts.length - 1;
    if (given === wanted) continue;
    throw new RangeError(`fitLogisticRegression: ${given} labels or weights for ${wanted} rows`);
  }
  const shares = rowShares(labels, { classes, balanced, rowWeights });
  const penalised = rows.columnCount * classes; // the intercepts stand behind
  const penalty = 1 / (c * totalOf(rowWeights));
  const objective = (weights: Float64Array, gradient: Float64Array): number => {
    let loss = 0;
    const residuals = probabilities({ classes, weights }, rows);
    for (let row = 0; row < labels.length; row++) {
      const share = shares[row]!;
      const at = row * classes;
      const answer = at + labels[row]!;
      loss -= share * Math.log(Math.max(residuals[answer]!, Number.MIN_VALUE));
      residuals[answer]! -= 1;
      for (let k = at; k < at + classes; k++) residuals[k]! *= share;
    }
    sumOuterProducts(rows, residuals, gradient);
    for (let i = 0; i < penalised; i++) {
      loss += 0.5 * penalty * weights[i]! ** 2;
      gradient[i]! += penalty * weights[i]!;
    }
    return loss;
  };
  const initial = start?.weights ?? new Float64Array((rows.columnCount + 1) * classes);
  return { classes, weights: minimise(objective, initial, { tolerance, maxIterations }) };
}

/** How much each row counts in the mean loss. */
function rowShares(
  labels: Int32Array,
  {
    classes,
    balanced,
    rowWeights,
  }: { classes: number; balanced: boolean; rowWeights: readonly number[] },
): Float64Array {
  const ofClass = new Float64Array(classes);
  for (const [row, label] of labels.entries()) ofClass[label]! += rowWeights[row]!;
  const occurring = ofClass.filter((weight) => weight > 0).length;
  const total = totalOf(rowWeights);
  return Float64Array.from(labels, (label, row) =>
    balanced ? rowWeights[row]! / (occurring * ofClass[label]!) : rowWeights[row]! / total,
  );
}

const totalOf = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

/** The probability of each class for each row, [rows, classes], row-major. */
export function probabilities(
  { classes, weights }: LogisticRegression,
  { columnCount, starts, columns, values }: SparseRows,
): Float64Array {
  const rowCount = starts.length - 1;
  const result = new Float64Array(rowCount * classes);
  for (let row = 0; row < rowCount; row++) {
    const at = row * classes;
    for (let k = 0; k < classes; k++) result[at + k] = weights[columnCount * classes + k]!;
    for (let entry = starts[row]!; entry < starts[row + 1]!; entry++) {
      const value = values[entry]!;
      const from = columns[entry]! * classes;
      for (let k = 0; k < classes; k++) result[at + k]! += value * weights[from + k]!;
    }
    softmax(result, at, at + classes);
  }
  return result;
}

/** gradient ← rowsᵀ · residuals, with a column of ones behind the rows' own. */
function sumOuterProducts(
  { columnCount, starts, columns, values }: SparseRows,
  residuals: Float64Array,
  gradient: Float64Array,
): void {
  const classes = gradient.length / (columnCount + 1);
  gradient.fill(0);
  for (let row = 0; row < starts.length - 1; row++) {
    const at = row * classes;
    for (let entry = starts[row]!; entry < starts[row + 1]!; entry++) {
      const value = values[entry]!;
      const to = columns[entry]! * classes;
      for (let k = 0; k < classes; k++) gradient[to + k]! += value * residuals[at + k]!;
    }
    for (let k = 0; k < classes; k++) gradient[columnCount * classes + k]! += residuals[at + k]!;
  }
}

/** In place, of the entries from `from` up to `end`. */
function softmax(logits: Float64Array, from: number, end: number): void {
  let largest = -Infinity;
  for (let k = from; k < end; k++) largest = Math.max(largest, logits[k]!);
  let sum = 0;
  for (let k = from; k < end; k++) sum += logits[k] = Math.exp(logits[k]! - largest);
  for (let k = from; k < end; k++) logits[k]! /= sum;
}
