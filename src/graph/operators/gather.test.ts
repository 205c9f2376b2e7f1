import { expect, test } from "vitest";
import { drawn, fed, gradientError, valuesOf } from "../../../test/finite-differences.ts";
import { gradients } from "../gradients.ts";
import { parameter } from "../tensor.ts";
import { exp, multiply } from "./arithmetic.ts";
import { gatherRows } from "./gather.ts";
import { reduceSum } from "./reduce.ts";

const table = drawn("table", [5, 2]);
const ids = fed("ids", [2, 3], [4, 0, 4, 1, 4, 0]);

test("rows come out in the order of their numbers", async () => {
  const y = gatherRows(table.tensor, ids.tensor);
  expect(y.shape).toEqual([2, 3, 2]);
  const expected = [...ids.values].flatMap((id) => [...table.values.subarray(id * 2, id * 2 + 2)]);
  expect(await valuesOf(y, [table, ids])).toEqual(expected);
});

test("a row's gradient sums over its uses; a row without use has none", async () => {
  const y = gatherRows(table.tensor, ids.tensor);
  const [gradient] = gradients(reduceSum(y, { axes: [0, 1, 2] }), [table.tensor]);
  expect(await valuesOf(gradient!, [ids])).toEqual([2, 2, 1, 1, 0, 0, 0, 0, 3, 3]);
  expect(await gradientError(y, [table], [ids])).toBeLessThan(1e-3);
  const bent = reduceSum(exp(multiply(y, y)), { axes: [0, 1, 2] });
  const [slope] = gradients(bent, [table.tensor]);
  expect(await gradientError(slope!, [table], [ids])).toBeLessThan(2e-3);
});

test("a number past the last row fails the run", async () => {
  const past = fed("past", [1], [5]);
  const y = gatherRows(table.tensor, past.tensor);
  await expect(valuesOf(y, [table, past])).rejects.toThrow(/out of data bounds, idx=5/);
});

test("refuses a table that is none", () => {
  expect(() => gatherRows(parameter("cube", [2, 3, 4]), ids.tensor)).toThrow(/^Gather: .*\[rows/);
});
