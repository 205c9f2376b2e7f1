import type { Runtime } from "../../graph/session.ts";
import { rowCountOf, type DenseRows } from "./design-matrix.ts";
import type { OnIteration } from "./lbfgs.ts";
import type { LogisticRegression } from "./logistic-regression.ts";
import { exactProducts, openProducts, type Products } from "./products.ts";

export interface LinearDiscriminantOptions {
  readonly classes: number;
  /** Added to the variance of each column within classes: the larger, the less correlations count. */
  readonly ridge: number;
  /** How much each row counts, [rows]. */
  readonly rowWeights: readonly number[];
  /** Where the residual is this share of what it was, the solution is good enough. */
  readonly tolerance?: number;
  readonly maxIterations?: number;
  /** Runs the products in single precision; by default plain loops do, in double precision. */
  readonly runtime?: Runtime | undefined;
  /** Awaited before each iteration; what it throws ends the fit. */
  readonly onIteration?: OnIteration | undefined;
}

/**
 * Fits linear discriminant analysis: Gaussian classes of one covariance S, all as likely, so that logits = x · S⁻¹μ − ½ μ · S⁻¹μ.
 * S is never written out: conjugate gradients need its products only. `labels` [rows], each below `classes`.
 * @see scikit-learn `LinearDiscriminantAnalysis(solver="lsqr", shrinkage=…, priors=…)`, whose shrinkage scales S too
 */
export async function fitLinearDiscriminant(
  rows: DenseRows,
  labels: Int32Array,
  options: LinearDiscriminantOptions,
): Promise<LogisticRegression> {
  const { classes, runtime } = options;
  const products = runtime ? await openProducts(rows, classes, runtime) : exactProducts(rows);
  try {
    const shares = sharesOf(labels, options.rowWeights);
    const means = await classMeans(products, { labels, shares, classes, rows });
    const covariance = (x: Float64Array): Promise<Float64Array> =>
      covarianceProduct(x, products, { labels, shares, means, ...options });
    const solved = await solve(covariance, means, options);
    return { classes, weights: withIntercepts(solved, means, classes) };
  } finally {
    await products.close();
  }
}

/** Returns the weight of each row; they sum to 1. */
function sharesOf(labels: Int32Array, rowWeights: readonly number[]): Float64Array {
  const total = rowWeights.reduce((sum, weight) => sum + weight, 0);
  return Float64Array.from(labels, (_, row) => rowWeights[row]! / total);
}

interface Classes {
  readonly labels: Int32Array;
  /** Weight of each row, [rows]; they sum to 1. */
  readonly shares: Float64Array;
  readonly classes: number;
}

/** Returns the mean row of each class, [columns, classes]; of a class without rows, zeros. */
async function classMeans(
  products: Products,
  { labels, shares, classes, rows }: Classes & { readonly rows: DenseRows },
): Promise<Float64Array> {
  const totals = new Float64Array(classes);
  for (const [row, label] of labels.entries()) totals[label]! += shares[row]!;
  const membership = new Float64Array(rowCountOf(rows) * classes);
  for (const [row, label] of labels.entries()) {
    membership[row * classes + label] = shares[row]! / totals[label]!;
  }
  const means = new Float64Array(rows.columnCount * classes);
  await products.addOuterProducts(membership, means);
  return means;
}

/** Returns (S + ridge · I) · x, both [columns, classes], where S is the covariance within classes. */
async function covarianceProduct(
  x: Float64Array,
  products: Products,
  {
    labels,
    shares,
    means,
    classes,
    ridge,
  }: Classes & { readonly means: Float64Array; readonly ridge: number },
): Promise<Float64Array> {
  const along = new Float64Array(labels.length * classes); // rows · x
  await products.addProducts(x, along);
  const centers = new Float64Array(classes * classes); // meansᵀ · x
  for (let at = 0; at < x.length; at += classes) {
    for (let c = 0; c < classes; c++) {
      for (let k = 0; k < classes; k++) centers[c * classes + k]! += means[at + c]! * x[at + k]!;
    }
  }
  for (const [row, label] of labels.entries()) {
    for (let k = 0; k < classes; k++) {
      const at = row * classes + k;
      along[at] = shares[row]! * (along[at]! - centers[label * classes + k]!);
    }
  }
  // Rows apart from their class's mean are what counts; since `along` sums to 0 in each class, the rows themselves give the same.
  const product = x.map((value) => ridge * value);
  await products.addOuterProducts(along, product);
  return product;
}

/** Returns x of `covariance(x) = means`, [columns, classes], by conjugate gradients, a walk for each class. */
async function solve(
  covariance: (x: Float64Array) => Promise<Float64Array>,
  means: Float64Array,
  options: LinearDiscriminantOptions,
): Promise<Float64Array> {
  const { classes, tolerance = 1e-4, maxIterations = 300, onIteration } = options;
  const x = new Float64Array(means.length);
  const residual = means.slice();
  const direction = means.slice();
  const first = squaresOf(residual, classes);
  let squares = first;
  for (let iteration = 0; iteration < maxIterations; iteration++) {
    const rest = Math.sqrt(Math.max(...squares.map((now, k) => now / (first[k]! || 1))));
    if (rest <= tolerance) break;
    await onIteration?.(iteration, rest);
    const product = await covariance(direction);
    const curvature = dotsOf(direction, product, classes);
    const step = squares.map((value, k) => (curvature[k]! > 0 ? value / curvature[k]! : 0));
    for (let i = 0; i < x.length; i++) {
      x[i]! += step[i % classes]! * direction[i]!;
      residual[i]! -= step[i % classes]! * product[i]!;
    }
    const next = squaresOf(residual, classes);
    const turn = next.map((value, k) => (squares[k]! > 0 ? value / squares[k]! : 0));
    for (let i = 0; i < x.length; i++) {
      direction[i] = residual[i]! + turn[i % classes]! * direction[i]!;
    }
    squares = next;
  }
  return x;
}

/** Returns the dot product of each column of two matrices [columns, classes], [classes]. */
function dotsOf(a: Float64Array, b: Float64Array, classes: number): number[] {
  const dots = Array.from({ length: classes }, () => 0);
  for (let i = 0; i < a.length; i++) dots[i % classes]! += a[i]! * b[i]!;
  return dots;
}

const squaresOf = (a: Float64Array, classes: number): number[] => dotsOf(a, a, classes);

/** Returns the weights [columns + 1, classes], with −½ μ · S⁻¹μ in the last row. */
function withIntercepts(solved: Float64Array, means: Float64Array, classes: number): Float64Array {
  const weights = new Float64Array(solved.length + classes);
  weights.set(solved);
  const intercepts = dotsOf(solved, means, classes).map((value) => -value / 2);
  weights.set(intercepts, solved.length);
  return weights;
}
