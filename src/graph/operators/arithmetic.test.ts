import { describe, expect, test } from "vitest";
import { drawn, fed, gradientError, valuesOf } from "../../../test/finite-differences.ts";
import { gradients } from "../gradients.ts";
import { node, parameter, scalar, type Tensor } from "../tensor.ts";
import {
  add,
  cast,
  clampBelow,
  divide,
  equal,
  exp,
  greater,
  log,
  multiply,
  negate,
  sqrt,
  subtract,
  where,
} from "./arithmetic.ts";
import { reduceSum } from "./reduce.ts";

const binary: readonly [
  string,
  (a: Tensor, b: Tensor) => Tensor,
  (a: number, b: number) => number,
][] = [
  ["add", add, (a, b) => a + b],
  ["subtract", subtract, (a, b) => a - b],
  ["multiply", multiply, (a, b) => a * b],
  ["divide", divide, (a, b) => a / b],
];

describe.each(binary)("%s", (_, operator, plain) => {
  const a = drawn("a", [2, 3]);
  const b = drawn("b", [2, 3], [0.5, 2]);
  const row = drawn("row", [3], [0.5, 2]);
  const column = drawn("column", [2, 1], [0.5, 2]);
  const single = drawn("single", [], [0.5, 2]);

  test("works element by element", async () => {
    const actual = await valuesOf(operator(a.tensor, b.tensor), [a, b]);
    for (let i = 0; i < 6; i++) expect(actual[i]).toBeCloseTo(plain(a.values[i]!, b.values[i]!), 5);
  });

  test("repeats axes of length 1 and missing axes", async () => {
    const [byRow, byColumn, bySingle] = [
      await valuesOf(operator(a.tensor, row.tensor), [a, row]),
      await valuesOf(operator(a.tensor, column.tensor), [a, column]),
      await valuesOf(operator(single.tensor, b.tensor), [single, b]),
    ];
    for (let i = 0; i < 6; i++) {
      expect(byRow[i]).toBeCloseTo(plain(a.values[i]!, row.values[i % 3]!), 5);
      expect(byColumn[i]).toBeCloseTo(plain(a.values[i]!, column.values[Math.floor(i / 3)]!), 5);
      expect(bySingle[i]).toBeCloseTo(plain(single.values[0]!, b.values[i]!), 5);
    }
  });

  test.each([
    [a, b],
    [a, row],
    [column, row],
    [single, b],
    [a, single],
  ])("gradients agree with differences (%#)", async (left, right) => {
    const y = operator(left.tensor, right.tensor);
    expect(await gradientError(y, [left, right])).toBeLessThan(1e-3);
  });

  test("refuses shapes that do not broadcast, naming the operator and both shapes", () => {
    const wrong = parameter("wrong", [4]);
    expect(() => operator(a.tensor, wrong)).toThrow(
      /^(Add|Sub|Mul|Div): shapes \[2, 3\] and \[4\] do not fit/,
    );
    expect(() => operator(wrong, a.tensor)).toThrow(RangeError);
  });
});

const unary: readonly [string, (x: Tensor) => Tensor, (x: number) => number][] = [
  ["negate", negate, (x) => -x],
  ["sqrt", sqrt, Math.sqrt],
  ["exp", exp, Math.exp],
  ["log", log, Math.log],
  ["clampBelow", (x) => clampBelow(x, 1.2), (x) => Math.max(x, 1.2)],
];

test.each(unary)("%s: values and gradients", async (_, operator, plain) => {
  // No value lies as near to the bend of clampBelow as the differences reach.
  const x = fed("x", [2, 3], [0.5, 0.7, 1.1, 1.3, 1.7, 2]);
  const actual = await valuesOf(operator(x.tensor), [x]);
  for (const [i, value] of x.values.entries()) expect(actual[i]).toBeCloseTo(plain(value), 5);
  expect(await gradientError(operator(x.tensor), [x])).toBeLessThan(1e-3);
});

test("a wrong gradient rule, even by two per cent, is found", async () => {
  const x = drawn("x", [3, 4], [0.5, 2]);
  const slightlyWrong = node("Sqrt", [x.tensor], {
    shape: x.tensor.shape,
    gradientRules: [(gradient, root) => divide(gradient, multiply(root, scalar(2.04)))],
  });
  expect(await gradientError(slightlyWrong, [x])).toBeGreaterThan(1e-2);
  expect(await gradientError(sqrt(x.tensor), [x])).toBeLessThan(1e-3);
});

describe("where", () => {
  const a = drawn("a", [2, 3]);
  const row = drawn("row", [3]);
  const mask = fed("mask", [2, 1], [1, -1]);
  const chosen = where(greater(mask.tensor, scalar(0)), a.tensor, row.tensor);

  test("takes each element from its side", async () => {
    const actual = await valuesOf(chosen, [a, row, mask]);
    expect(actual).toEqual([...a.values.subarray(0, 3), ...row.values]);
  });

  test("gives each side the gradient of its elements", async () => {
    expect(await gradientError(chosen, [a, row], [mask])).toBeLessThan(1e-3);
  });
});

test("greater and equal compare; cast counts", async () => {
  const x = fed("x", [4], [-1, 0, 0.5, 2]);
  expect(await valuesOf(cast(greater(x.tensor, scalar(0.5))), [x])).toEqual([0, 0, 0, 1]);
  expect(await valuesOf(cast(equal(x.tensor, scalar(0.5))), [x])).toEqual([0, 0, 1, 0]);
});

test("the gradient of clampBelow is nought at and below the minimum", async () => {
  const x = fed("x", [3], [0.5, 1, 1.5]);
  const [gradient] = gradients(reduceSum(clampBelow(x.tensor, 1), { axes: [0] }), [x.tensor]);
  expect(await valuesOf(gradient!, [x])).toEqual([0, 0, 1]);
});
