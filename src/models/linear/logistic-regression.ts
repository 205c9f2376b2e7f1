import { addOuterProducts, addProducts, rowCountOf, type DesignMatrix } from "./design-matrix.ts";
import { minimize, type OnIteration } from "./lbfgs.ts";

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
  /** Awaited before each iteration; what it throws ends the fit. */
  readonly onIteration?: OnIteration | undefined;
}

/**
 * Multinomial logistic regression with an L2 penalty on the weights and none on the intercepts.
 * `labels` [rows], each below `classes`.
 * @see scikit-learn `LogisticRegression(C=c, class_weight="balanced" | None)`
 */
export async function fitLogisticRegression(
  rows: DesignMatrix,
  labels: Int32Array,
  options: LogisticRegressionOptions,
): Promise<LogisticRegression> {
  const { classes, c, balanced = false, start, tolerance = 1e-4, maxIterations = 300 } = options;
  const { rowWeights = Array.from(labels, () => 1), onIteration } = options;
  for (const { length: given } of [labels, rowWeights]) {
    const wanted = rowCountOf(rows);
    if (given === wanted) continue;
    throw new RangeError(`fitLogisticRegression: ${given} labels or weights for ${wanted} rows`);
  }
  const shares = rowShares(labels, { classes, balanced, rowWeights });
  const penalized = rows.columnCount * classes; // the intercepts stand behind
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
    for (let i = 0; i < penalized; i++) {
      loss += 0.5 * penalty * weights[i]! ** 2;
      gradient[i]! += penalty * weights[i]!;
    }
    return loss;
  };
  const initial = start?.weights ?? new Float64Array((rows.columnCount + 1) * classes);
  const walk = { tolerance, maxIterations, onIteration };
  return { classes, weights: await minimize(objective, initial, walk) };
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
  rows: DesignMatrix,
): Float64Array {
  const result = new Float64Array(rowCountOf(rows) * classes);
  const intercepts = weights.subarray(rows.columnCount * classes);
  for (let at = 0; at < result.length; at += classes) result.set(intercepts, at);
  addProducts(rows, weights, result);
  for (let at = 0; at < result.length; at += classes) softmax(result, at, at + classes);
  return result;
}

/** gradient ← rowsᵀ · residuals, with a column of ones behind the rows' own. */
function sumOuterProducts(
  rows: DesignMatrix,
  residuals: Float64Array,
  gradient: Float64Array,
): void {
  const classes = gradient.length / (rows.columnCount + 1);
  gradient.fill(0);
  addOuterProducts(rows, residuals, gradient);
  const intercepts = rows.columnCount * classes;
  for (let i = 0; i < residuals.length; i++) gradient[intercepts + (i % classes)]! += residuals[i]!;
}

/** In place, of the entries from `from` up to `end`. */
function softmax(logits: Float64Array, from: number, end: number): void {
  let largest = -Infinity;
  for (let k = from; k < end; k++) largest = Math.max(largest, logits[k]!);
  let sum = 0;
  for (let k = from; k < end; k++) sum += logits[k] = Math.exp(logits[k]! - largest);
  for (let k = from; k < end; k++) logits[k]! /= sum;
}
