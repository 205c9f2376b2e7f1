/** A linear map into the space where classes lie far apart, and examples of one class close together. */
export interface Discriminant {
  readonly dimensions: number;
  /** Subtracted first, [columns]. */
  readonly mean: Float64Array;
  /** [columns, dimensions], those that tell most first; within classes examples have variance about 1 along each. */
  readonly projection: Float64Array;
}

export interface DiscriminantOptions {
  /** At most one less than there are classes. */
  readonly dimensions: number;
  /**
   * For each row a part of its class: variance within is about the means of parts. Where a class is seen in several recordings, what
   * sets them apart is no variance within it. By default each class is one part.
   */
  readonly parts?: readonly string[] | undefined;
  /** Share by which covariances within classes are less than they were found, 0 to 1: against chance correlations. */
  readonly shrinkage: number;
}

/**
 * Fits linear discriminant analysis: directions of most variance between class means, where that within classes is white. Directions are
 * weighted by how sure they are, √(b / (b + 1)) of their variance b between classes. Time grows with rows · columns² and columns³.
 * @throws RangeError for fewer classes than dimensions + 1
 * @see Fisher (1936); Hastie, Tibshirani and Friedman, "The Elements of Statistical Learning", 4.3.3
 */
export function fitDiscriminant(
  rows: readonly Float32Array[],
  classes: readonly string[],
  { dimensions, shrinkage, parts = [] }: DiscriminantOptions,
): Discriminant {
  const columns = rows[0]?.length ?? 0;
  const byClass = groupedBy(rows, (index) => classes[index]!);
  const byPart = groupedBy(rows, (index) => `${classes[index]!} ${parts[index] ?? ""}`);
  if (byClass.length <= dimensions) {
    throw new RangeError(
      `fitDiscriminant: ${dimensions} dimensions need more classes than ${byClass.length}`,
    );
  }
  const within = new Float64Array(columns * columns);
  for (const own of byPart) {
    const center = meanOf(own, columns);
    for (const row of own) addOuter(within, row, center);
  }
  const means = byClass.map((own) => meanOf(own, columns));
  const mean = meanOf(means, columns);
  shrink(within, { columns, rows: rows.length, shrinkage });
  const factor = cholesky(within, columns);
  const whitened = means.map((center) =>
    solveLower(
      factor,
      Float64Array.from(center, (value, i) => value - mean[i]!),
    ),
  );
  // The eigenvectors of the small Gram matrix give those of the large covariance between classes.
  const gram = whitened.map((a) => whitened.map((b) => dot(a, b) / means.length));
  const { values, vectors } = symmetricEigen(gram);
  const projection = new Float64Array(columns * dimensions);
  for (let d = 0; d < dimensions; d++) {
    const between = values[d]!;
    const direction = new Float64Array(columns);
    for (const [c, center] of whitened.entries()) {
      for (let i = 0; i < columns; i++) direction[i]! += vectors[d]![c]! * center[i]!;
    }
    const length = Math.sqrt(dot(direction, direction)) || 1;
    const certainty = Math.sqrt(Math.max(0, between) / (between + 1));
    const column = solveLowerTransposed(factor, direction);
    for (let i = 0; i < columns; i++)
      projection[i * dimensions + d] = (column[i]! * certainty) / length;
  }
  return { dimensions, mean, projection };
}

function groupedBy(
  rows: readonly Float32Array[],
  nameOf: (index: number) => string,
): Float32Array[][] {
  const groups = new Map<string, Float32Array[]>();
  for (const [index, row] of rows.entries()) {
    const name = nameOf(index);
    const own = groups.get(name);
    if (own === undefined) groups.set(name, [row]);
    else own.push(row);
  }
  return [...groups.values()];
}

function meanOf(rows: readonly ArrayLike<number>[], columns: number): Float64Array {
  const mean = new Float64Array(columns);
  for (const row of rows) for (let i = 0; i < columns; i++) mean[i]! += row[i]! / rows.length;
  return mean;
}

/** Adds the lower triangle of (row - center)(row - center)ᵀ. */
function addOuter(sums: Float64Array, row: Float32Array, center: Float64Array): void {
  const columns = center.length;
  const apart = center.map((value, i) => row[i]! - value);
  for (let i = 0; i < columns; i++) {
    const value = apart[i]!;
    for (let j = 0, at = i * columns; j <= i; j++, at++) sums[at]! += value * apart[j]!;
  }
}

/** Makes sums of a lower triangle a covariance, whose entries outside the diagonal shrink. */
function shrink(
  sums: Float64Array,
  { columns, rows, shrinkage }: { columns: number; rows: number; shrinkage: number },
): void {
  for (let i = 0; i < columns; i++) {
    for (let j = 0; j <= i; j++) sums[i * columns + j]! *= (i === j ? 1 : 1 - shrinkage) / rows;
    sums[i * columns + i]! += leastVariance;
  }
}

/** Of a column that is the same in all rows. */
const leastVariance = 1e-9;

/** Returns the lower triangular factor L of a = L Lᵀ as rows; only the lower triangle of `a` is read. */
function cholesky(a: Float64Array, size: number): Float64Array[] {
  const factor = Array.from({ length: size }, (_, i) => a.slice(i * size, i * size + i + 1));
  for (let i = 0; i < size; i++) {
    const row = factor[i]!;
    for (let j = 0; j <= i; j++) {
      const other = factor[j]!;
      let sum = row[j]!;
      for (let k = 0; k < j; k++) sum -= row[k]! * other[k]!;
      row[j] = i === j ? Math.sqrt(Math.max(sum, Number.MIN_VALUE)) : sum / other[j]!;
    }
  }
  return factor;
}

/** Returns x of L x = b. */
function solveLower(factor: readonly Float64Array[], b: Float64Array): Float64Array {
  const x = b.slice();
  for (const [i, row] of factor.entries()) {
    let sum = x[i]!;
    for (let k = 0; k < i; k++) sum -= row[k]! * x[k]!;
    x[i] = sum / row[i]!;
  }
  return x;
}

/** Returns x of Lᵀ x = b. */
function solveLowerTransposed(factor: readonly Float64Array[], b: Float64Array): Float64Array {
  const x = b.slice();
  for (let i = x.length - 1; i >= 0; i--) {
    const row = factor[i]!;
    x[i]! /= row[i]!;
    for (let k = 0; k < i; k++) x[k]! -= row[k]! * x[i]!;
  }
  return x;
}

/** Eigenvalues of a symmetric matrix, the greatest first, and their unit vectors (cyclic Jacobi rotations). */
function symmetricEigen(matrix: readonly (readonly number[])[]): {
  readonly values: number[];
  readonly vectors: number[][];
} {
  const size = matrix.length;
  const a = matrix.map((row) => [...row]);
  const vectors = a.map((_, i) => a.map((_row, j) => (i === j ? 1 : 0)));
  const total = a.flat().reduce((sum, value) => sum + value ** 2, 0);
  for (let sweep = 0; sweep < 60; sweep++) {
    let outside = 0;
    for (let p = 0; p < size; p++) for (let q = 0; q < p; q++) outside += a[p]![q]! ** 2;
    if (outside <= 1e-24 * total) break;
    for (let p = 0; p < size; p++) for (let q = 0; q < p; q++) rotate(a, vectors, [p, q]);
  }
  const order = a.map((_, i) => i).toSorted((i, j) => a[j]![j]! - a[i]![i]!);
  return { values: order.map((i) => a[i]![i]!), vectors: order.map((i) => vectors[i]!) };
}

/** Makes a[p][q] zero; the rows of `vectors` turn along. */
function rotate(a: number[][], vectors: number[][], [p, q]: readonly [number, number]): void {
  const value = a[p]![q]!;
  if (value === 0) return;
  const theta = (a[q]![q]! - a[p]![p]!) / (2 * value);
  const t = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.hypot(theta, 1));
  const c = 1 / Math.hypot(t, 1);
  const s = t * c;
  const turn = (x: number, y: number): [number, number] => [c * x - s * y, s * x + c * y];
  for (const row of a) [row[p], row[q]] = turn(row[p]!, row[q]!);
  for (const rows of [a, vectors]) {
    for (let k = 0; k < a.length; k++)
      [rows[p]![k], rows[q]![k]] = turn(rows[p]![k]!, rows[q]![k]!);
  }
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
