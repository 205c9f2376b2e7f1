import { describe, expect, test } from "vitest";
import { fed, gradientError, valuesOf } from "../../../test/finite-differences.ts";
import { Random } from "../../shared/random.ts";
import { gradients } from "../gradients.ts";
import { parameter } from "../tensor.ts";
import { reduceMax, reduceMean, reduceSum, reduceSumSquare, sumToShape } from "./reduce.ts";

// Spaced, so that no difference steps over a tie of the maximum.
const x = fed(
  "x",
  [2, 3, 4],
  new Random("spaced").shuffle(Array.from({ length: 24 }, (_, index) => (index - 11.5) / 10)),
);

/** What a reduction over the middle and last axis sees: the 12 numbers of each row. */
const rows = [x.values.subarray(0, 12), x.values.subarray(12)];
const sum = (values: Iterable<number>): number => [...values].reduce((a, b) => a + b, 0);

const reductions = [
  { name: "sum", reduce: reduceSum, plain: sum },
  { name: "mean", reduce: reduceMean, plain: (row: Float32Array) => sum(row) / 12 },
  {
    name: "sum of squares",
    reduce: reduceSumSquare,
    plain: (row: Float32Array) => sum(row.map((v) => v * v)),
  },
  { name: "maximum", reduce: reduceMax, plain: (row: Float32Array) => Math.max(...row) },
];

describe.each(reductions)("$name", ({ reduce, plain }) => {
  test("is the closed form over the axes, in any order and counted from either end", async () => {
    for (const axes of [
      [1, 2],
      [-1, 1],
    ]) {
      const y = reduce(x.tensor, { axes });
      expect(y.shape).toEqual([2]);
      const actual = await valuesOf(y, [x]);
      for (const [index, row] of rows.entries()) {
        expect(actual[index]).toBeCloseTo(plain(row), 5);
      }
    }
  });

  test("keeps axes as length 1 when asked", () => {
    expect(reduce(x.tensor, { axes: [1], keepAxes: true }).shape).toEqual([2, 1, 4]);
    expect(reduce(x.tensor, { axes: [0, 1, 2] }).shape).toEqual([]);
  });

  test.each([{ axes: [0] }, { axes: [2], keepAxes: true }, { axes: [0, 2] }, { axes: [0, 1, 2] }])(
    "gradients agree with differences: %j",
    async (options) => {
      expect(await gradientError(reduce(x.tensor, options), [x])).toBeLessThan(1e-3);
    },
  );

  test("refuses an axis that is not there", () => {
    expect(() => reduce(x.tensor, { axes: [3] })).toThrow(/axis 3 is outside a tensor of rank 3/);
  });
});

test("equal maxima share the gradient", async () => {
  const ties = fed("ties", [2, 3], [5, 1, 5, 2, 2, 2]);
  const [byTies] = gradients(reduceSum(reduceMax(ties.tensor, { axes: [1] }), { axes: [0] }), [
    ties.tensor,
  ]);
  const shares = await valuesOf(byTies!, [ties]);
  expect(shares.map((share) => Math.round(share * 6))).toEqual([3, 0, 3, 2, 2, 2]);
});

test.each([
  [[3, 4], 1],
  [[2, 1, 4], 1],
  [[1], 1],
  [[], 1],
  [[2, 3, 4], 1],
])("sumToShape brings a broadcast gradient back to %j", async (shape) => {
  const y = sumToShape(x.tensor, shape);
  expect(y.shape).toEqual(shape);
  expect(sum(await valuesOf(y, [x]))).toBeCloseTo(sum(x.values), 4);
  expect(await gradientError(y, [x])).toBeLessThan(1e-3);
});

test("sumToShape of an axis that was already 1 keeps it", () => {
  expect(sumToShape(parameter("y", [5, 1, 4]), [1, 4]).shape).toEqual([1, 4]);
});
