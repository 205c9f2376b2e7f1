/** A matrix [rows, columnCount], row-major. */
export interface DenseRows {
  readonly columnCount: number;
  readonly values: Float64Array;
}

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

/** The features of examples, a row each. */
export type DesignMatrix = DenseRows | SparseRows;

export function rowCountOf(rows: DesignMatrix): number {
  return "starts" in rows ? rows.starts.length - 1 : rows.values.length / rows.columnCount;
}

/** sums [rows, classes] ← sums + rows · weights, of which those for the columns stand first, [columns, classes]. */
export function addProducts(rows: DesignMatrix, weights: Float64Array, sums: Float64Array): void {
  const classes = sums.length / rowCountOf(rows);
  if ("starts" in rows) addSparseProducts(rows, { weights, sums, classes });
  else addDenseProducts(rows, { weights, sums, classes });
}

/** The first of gradient, [columns, classes], ← what stood there + rowsᵀ · residuals [rows, classes]. */
export function addOuterProducts(
  rows: DesignMatrix,
  residuals: Float64Array,
  gradient: Float64Array,
): void {
  const classes = residuals.length / rowCountOf(rows);
  if ("starts" in rows) addSparseOuterProducts(rows, { residuals, gradient, classes });
  else addDenseOuterProducts(rows, { residuals, gradient, classes });
}

interface Products {
  readonly weights: Float64Array;
  readonly sums: Float64Array;
  readonly classes: number;
}

function addSparseProducts(
  { starts, columns, values }: SparseRows,
  { weights, sums, classes }: Products,
): void {
  for (let row = 0; row < starts.length - 1; row++) {
    const at = row * classes;
    for (let entry = starts[row]!; entry < starts[row + 1]!; entry++) {
      const value = values[entry]!;
      const from = columns[entry]! * classes;
      for (let k = 0; k < classes; k++) sums[at + k]! += value * weights[from + k]!;
    }
  }
}

/** Four columns at a time, so that a sum is read and written once for them all. */
function addDenseProducts(
  { columnCount, values }: DenseRows,
  { weights, sums, classes }: Products,
): void {
  const inFours = columnCount - (columnCount % 4);
  for (let start = 0, at = 0; start < values.length; start += columnCount, at += classes) {
    let from = 0;
    for (let entry = start; entry < start + inFours; entry += 4, from += 4 * classes) {
      const a = values[entry]!;
      const b = values[entry + 1]!;
      const c = values[entry + 2]!;
      const d = values[entry + 3]!;
      const [second, third, fourth] = [from + classes, from + 2 * classes, from + 3 * classes];
      for (let k = 0; k < classes; k++) {
        sums[at + k]! +=
          a * weights[from + k]! +
          b * weights[second + k]! +
          c * weights[third + k]! +
          d * weights[fourth + k]!;
      }
    }
    for (let entry = start + inFours; entry < start + columnCount; entry++, from += classes) {
      const value = values[entry]!;
      for (let k = 0; k < classes; k++) sums[at + k]! += value * weights[from + k]!;
    }
  }
}

interface OuterProducts {
  readonly residuals: Float64Array;
  readonly gradient: Float64Array;
  readonly classes: number;
}

function addSparseOuterProducts(
  { starts, columns, values }: SparseRows,
  { residuals, gradient, classes }: OuterProducts,
): void {
  for (let row = 0; row < starts.length - 1; row++) {
    const at = row * classes;
    for (let entry = starts[row]!; entry < starts[row + 1]!; entry++) {
      const value = values[entry]!;
      const to = columns[entry]! * classes;
      for (let k = 0; k < classes; k++) gradient[to + k]! += value * residuals[at + k]!;
    }
  }
}

/** Four rows at a time, so that the gradient is read and written once for them all. */
function addDenseOuterProducts(
  { columnCount, values }: DenseRows,
  { residuals, gradient, classes }: OuterProducts,
): void {
  const rowCount = values.length / columnCount;
  const inFours = rowCount - (rowCount % 4);
  for (let row = 0; row < inFours; row += 4) {
    const [first, at] = [row * columnCount, row * classes];
    const [second, third, fourth] = [at + classes, at + 2 * classes, at + 3 * classes];
    for (let column = 0, to = 0; column < columnCount; column++, to += classes) {
      const a = values[first + column]!;
      const b = values[first + columnCount + column]!;
      const c = values[first + 2 * columnCount + column]!;
      const d = values[first + 3 * columnCount + column]!;
      for (let k = 0; k < classes; k++) {
        gradient[to + k]! +=
          a * residuals[at + k]! +
          b * residuals[second + k]! +
          c * residuals[third + k]! +
          d * residuals[fourth + k]!;
      }
    }
  }
  for (let row = inFours; row < rowCount; row++) {
    const [start, at] = [row * columnCount, row * classes];
    for (let column = 0, to = 0; column < columnCount; column++, to += classes) {
      const value = values[start + column]!;
      for (let k = 0; k < classes; k++) gradient[to + k]! += value * residuals[at + k]!;
    }
  }
}
