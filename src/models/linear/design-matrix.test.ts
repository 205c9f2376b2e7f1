import { expect, test } from "vitest";
import { Random } from "../../shared/random.ts";
import {
  addOuterProducts,
  addProducts,
  rowCountOf,
  type DenseRows,
  type SparseRows,
} from "./design-matrix.ts";

const random = new Random("design matrix");
const drawn = (count: number): Float64Array =>
  Float64Array.from({ length: count }, () => random.normal());

const sparse = ({ columnCount, values }: DenseRows): SparseRows => ({
  columnCount,
  starts: Int32Array.from(
    { length: values.length / columnCount + 1 },
    (_, row) => row * columnCount,
  ),
  columns: Int32Array.from(values, (_, entry) => entry % columnCount),
  values,
});

test.each([
  [1, 1, 2],
  [3, 5, 3],
  [8, 4, 2],
  [9, 7, 8],
])(
  "%d rows of %d columns for %d classes, written out or sparse",
  (rowCount, columnCount, classes) => {
    const dense = { columnCount, values: drawn(rowCount * columnCount) };
    const weights = drawn((columnCount + 1) * classes);
    const residuals = drawn(rowCount * classes);
    for (const rows of [dense, sparse(dense)]) {
      expect(rowCountOf(rows)).toBe(rowCount);
      const sums = new Float64Array(rowCount * classes).fill(1);
      addProducts(rows, weights, sums);
      for (const [at, sum] of sums.entries()) {
        const [row, k] = [Math.floor(at / classes), at % classes];
        let expected = 1;
        for (let column = 0; column < columnCount; column++) {
          expected += dense.values[row * columnCount + column]! * weights[column * classes + k]!;
        }
        expect(sum).toBeCloseTo(expected, 10);
      }
      const gradient = new Float64Array((columnCount + 1) * classes).fill(2);
      addOuterProducts(rows, residuals, gradient);
      for (const [to, slope] of gradient.entries()) {
        const [column, k] = [Math.floor(to / classes), to % classes];
        const products = Array.from({ length: rowCount }, (_, row) =>
          column < columnCount
            ? dense.values[row * columnCount + column]! * residuals[row * classes + k]!
            : 0,
        );
        const expected = products.reduce((sum, product) => sum + product, 2);
        expect(slope).toBeCloseTo(expected, 10);
      }
    }
  },
);
