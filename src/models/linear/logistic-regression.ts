import type { Runtime } from "../../graph/session.ts";
import { addProducts, rowCountOf, type DesignMatrix } from "./design-matrix.ts";
import { minimize, type OnIteration } from "./lbfgs.ts";
import { exactProducts, openProducts } from "./products.ts";

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
  /** Classes among which each row's is, [rows], where its corpus has no others; all by default. */
  readonly rowClasses?: readonly (ReadonlySet<number> | undefined)[] | undefined;
  /** Where to begin: a model of the same shape, such as one of a smaller C. */
  readonly start?: LogisticRegression | undefined;
  /** Of the loss's gradient a row. */
  readonly tolerance?: number;
  readonly maxIterations?: number;
  /** Runs the products of dense rows, in single precision; by default plain loops do, in double precision. */
  readonly runtime?: Runtime | undefined;
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
  const { rowWeights = Array.from(labels, () => 1), rowClasses, runtime, onIteration } = options;
  for (const { length: given } of [labels, rowWeights]) {
    const wanted = rowCountOf(rows);
    if (given === wanted) continue;
    throw new RangeError(`fitLogisticRegression: ${given} labels or weights for ${wanted} rows`);
  }
  const shares = rowShares(labels, { classes, balanced, rowWeights });
  const penalized = rows.columnCount * classes; // the intercepts stand behind
  const penalty = 1 / (c * totalOf(rowWeights));
  const objective = async (weights: Float64Array, gradient: Float64Array): Promise<number> => {
    let loss = 0;
    const residuals = interceptRows(weights, rows, classes);
    await products.addProducts(weights, residuals);
    softmaxRows(residuals, classes, rowClasses);
    for (let row = 0; row < labels.length; row++) {
      const share = shares[row]!;
      const at = row * classes;
      const answer = at + labels[row]!;
      loss -= share * Math.log(Math.max(residuals[answer]!, Number.MIN_VALUE));
      residuals[answer]! -= 1;
      for (let k = at; k < at + classes; k++) residuals[k]! *= share;
    }
    gradient.fill(0);
    await products.addOuterProducts(residuals, gradient);
    for (let i = 0; i < residuals.length; i++)
      gradient[penalized + (i % classes)]! += residuals[i]!;
    for (let i = 0; i < penalized; i++) {
      loss += 0.5 * penalty * weights[i]! ** 2;
      gradient[i]! += penalty * weights[i]!;
    }
    return loss;
  };
  const initial = start?.weights ?? new Float64Array((rows.columnCount + 1) * classes);
  const walk = { tolerance, maxIterations, onIteration };
  const products =
    runtime && !("starts" in rows)
      ? await openProducts(rows, classes, runtime)
      : exactProducts(rows);
  try {
    return { classes, weights: await minimize(objective, initial, walk) };
  } finally {
    await products.close();
  }
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
  const result = interceptRows(weights, rows, classes);
  addProducts(rows, weights, result);
  softmaxRows(result, classes);
  return result;
}

/** The intercepts at each row, [rows, classes]. */
function interceptRows(weights: Float64Array, rows: DesignMatrix, classes: number): Float64Array {
  const result = new Float64Array(rowCountOf(rows) * classes);
  const intercepts = weights.subarray(rows.columnCount * classes);
  for (let at = 0; at < result.length; at += classes) result.set(intercepts, at);
  return result;
}

/** Turns logits [rows, classes] into probabilities, in place; classes that a row cannot have get 0. */
function softmaxRows(
  logits: Float64Array,
  classes: number,
  rowClasses?: LogisticRegressionOptions["rowClasses"],
): void {
  for (let row = 0, at = 0; at < logits.length; row++, at += classes) {
    const possible = rowClasses?.[row];
    if (possible) {
      for (let k = 0; k < classes; k++) if (!possible.has(k)) logits[at + k] = -Infinity;
    }
    softmax(logits, at, at + classes);
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
