import { expect, test } from "vitest";
import { drawn, fed, gradientError, valuesOf, type Fed } from "../../../test/finite-differences.ts";
import { parameter } from "../tensor.ts";
import { matMul } from "./matrix.ts";

/** Element [row, column] of a matrix that may be meant transposed. */
function element(x: Fed, transposed: boolean, [row, column]: [number, number]): number {
  const columns = x.tensor.shape.at(-1)!;
  return x.values[transposed ? column * columns + row : row * columns + column]!;
}

test.each([
  [false, false],
  [false, true],
  [true, false],
  [true, true],
])(
  "a product with operands transposed (%s, %s): values and gradients",
  async (transposeA, transposeB) => {
    const a = drawn("a", transposeA ? [4, 2] : [2, 4]);
    const b = drawn("b", transposeB ? [3, 4] : [4, 3]);
    const y = matMul(a.tensor, b.tensor, { transposeA, transposeB });
    expect(y.shape).toEqual([2, 3]);
    const actual = await valuesOf(y, [a, b]);
    for (let row = 0; row < 2; row++) {
      for (let column = 0; column < 3; column++) {
        let sum = 0;
        for (let k = 0; k < 4; k++) {
          sum += element(a, transposeA, [row, k]) * element(b, transposeB, [k, column]);
        }
        expect(actual[row * 3 + column]).toBeCloseTo(sum, 5);
      }
    }
    expect(await gradientError(y, [a, b])).toBeLessThan(1e-3);
  },
);

test.each([
  {
    shapes: [
      [5, 2, 4],
      [4, 3],
    ],
    transposed: [false, false],
  },
  {
    shapes: [
      [2, 4],
      [5, 4, 3],
    ],
    transposed: [false, false],
  },
  {
    shapes: [
      [5, 2, 4],
      [5, 4, 3],
    ],
    transposed: [false, false],
  },
  {
    shapes: [
      [2, 1, 2, 4],
      [3, 4, 3],
    ],
    transposed: [false, false],
  },
  {
    shapes: [
      [5, 2, 4],
      [3, 4],
    ],
    transposed: [false, true],
  },
  {
    shapes: [
      [4, 2],
      [5, 4, 3],
    ],
    transposed: [true, false],
  },
  {
    shapes: [
      [5, 4, 2],
      [5, 3, 4],
    ],
    transposed: [true, true],
  },
])("batches of matrices, broadcast: $shapes", async ({ shapes, transposed }) => {
  const a = drawn("a", shapes[0]!);
  const b = drawn("b", shapes[1]!);
  const [transposeA, transposeB] = [transposed[0]!, transposed[1]!];
  const y = matMul(a.tensor, b.tensor, { transposeA, transposeB });
  expect(await valuesOf(y, [a, b])).toHaveLength(y.shape.reduce((p, n) => p * n, 1));
  expect(await gradientError(y, [a, b])).toBeLessThan(1e-3);
});

test("each matrix of a batch is multiplied by itself", async () => {
  const a = fed("a", [2, 1, 2], [1, 2, 3, 4]);
  const b = fed("b", [2, 2, 1], [10, 20, 30, 40]);
  expect(await valuesOf(matMul(a.tensor, b.tensor), [a, b])).toEqual([50, 250]);
});

test.each([
  [[2, 3], [4, 5], /^MatMul: shapes \[2, 3\] and \[4, 5\] do not fit: inner lengths 3 and 4/],
  [[2, 2, 3], [3, 3, 5], /^MatMul: shapes \[2\] and \[3\]/],
  [[3], [3, 5], /^MatMul: shapes \[3\].*at least two axes/],
] as const)("refuses %j times %j", (shapeA, shapeB, message) => {
  expect(() => matMul(parameter("a", shapeA), parameter("b", shapeB))).toThrow(message);
});
