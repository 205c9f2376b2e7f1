import { describe, expect, test } from "vitest";
import { drawn, fed, gradientError, valuesOf } from "../../../test/finite-differences.ts";
import { gradients } from "../gradients.ts";
import { constant, type Tensor } from "../tensor.ts";
import { gelu, logSoftmax, maskedSoftmax, relu, sigmoid, softmax, tanh } from "./activation.ts";
import { multiply } from "./arithmetic.ts";
import { reduceSum } from "./reduce.ts";

const elementwise: readonly [string, (x: Tensor) => Tensor, (x: number) => number][] = [
  ["relu", relu, (x) => Math.max(x, 0)],
  ["sigmoid", sigmoid, (x) => 1 / (1 + Math.exp(-x))],
  ["tanh", tanh, Math.tanh],
];

test.each(elementwise)("%s: values and gradients", async (_, operator, plain) => {
  const x = fed("x", [2, 3], [-2, -1, -0.1, 0.1, 1, 3]);
  const actual = await valuesOf(operator(x.tensor), [x]);
  for (const [i, value] of x.values.entries()) expect(actual[i]).toBeCloseTo(plain(value), 6);
  expect(await gradientError(operator(x.tensor), [x])).toBeLessThan(1e-3);
});

test("the gradient of relu is nought at nought, and whole above it however little", async () => {
  const x = fed("x", [5], [-1, 0, 1, 1e-36, 1e30]);
  const [gradient] = gradients(reduceSum(relu(x.tensor), { axes: [0] }), [x.tensor]);
  expect(await valuesOf(gradient!, [x])).toEqual([0, 0, 1, 1, 1]);
});

test("the gradient of gelu far from nought is 0 or 1, and never too small to be normal", async () => {
  const x = fed("x", [6], [-100, -14, -8, 8, 14, 100]);
  const [gradient] = gradients(reduceSum(gelu(x.tensor), { axes: [0] }), [x.tensor]);
  const slopes = await valuesOf(gradient!, [x]);
  for (const [i, slope] of slopes.entries()) {
    expect(slope).toBeCloseTo(i < 3 ? 0 : 1, 7);
    expect(slope === 0 || Math.abs(slope) > 1e-30).toBe(true);
  }
});

/** Softmax of rows of `length`, in float64. */
function plainSoftmax(x: Float32Array, length: number): number[] {
  return Array.from(x, (value, i) => {
    const row = x.subarray(i - (i % length), i - (i % length) + length);
    const largest = Math.max(...row);
    return Math.exp(value - largest) / row.reduce((sum, v) => sum + Math.exp(v - largest), 0);
  });
}

describe("softmax and logSoftmax", () => {
  const x = drawn("x", [3, 4], [-3, 3]);

  test("are the closed forms", async () => {
    const expected = plainSoftmax(x.values, 4);
    const probabilities = await valuesOf(softmax(x.tensor), [x]);
    const logarithms = await valuesOf(logSoftmax(x.tensor), [x]);
    for (const [i, value] of expected.entries()) {
      expect(probabilities[i]).toBeCloseTo(value, 6);
      expect(logarithms[i]).toBeCloseTo(Math.log(value), 5);
    }
  });

  test.each([
    ["softmax, last axis", softmax(x.tensor)],
    ["softmax, first axis", softmax(x.tensor, 0)],
    ["logSoftmax, last axis", logSoftmax(x.tensor)],
    ["logSoftmax, first axis", logSoftmax(x.tensor, 0)],
  ])("gradients agree with differences: %s", async (_, y) => {
    expect(await gradientError(y, [x])).toBeLessThan(1e-3);
  });

  test("probabilities along another axis sum to 1 there", async () => {
    const sums = await valuesOf(reduceSum(softmax(x.tensor, 0), { axes: [0] }), [x]);
    for (const sum of sums) expect(sum).toBeCloseTo(1, 6);
  });

  test("logits of ± 1000 neither overflow nor lose the loss or its gradient", async () => {
    const extreme = fed("extreme", [2, 3], [1000, -1000, 0, -1000, -1000, -1000]);
    const logarithms = await valuesOf(logSoftmax(extreme.tensor), [extreme]);
    const expected = [0, -2000, -1000, ...Array.from({ length: 3 }, () => -Math.log(3))];
    for (const [i, value] of expected.entries()) expect(logarithms[i]).toBeCloseTo(value, 4);
    expect(await valuesOf(softmax(extreme.tensor), [extreme])).toEqual([
      1,
      0,
      0,
      ...Array.from({ length: 3 }, () => Math.fround(1 / 3)),
    ]);
    const targets = constant([0, 1, 0, 0, 1, 0], [2, 3]);
    const loss = reduceSum(multiply(targets, logSoftmax(extreme.tensor)), { axes: [0, 1] });
    const gradient = await valuesOf(gradients(loss, [extreme.tensor])[0]!, [extreme]);
    const probabilities = [1, 0, 0, 1 / 3, 1 / 3, 1 / 3];
    for (const [i, probability] of probabilities.entries()) {
      expect(gradient[i]).toBeCloseTo((i % 3 === 1 ? 1 : 0) - probability, 6);
    }
  });

  test("refuse an axis that is not there", () => {
    expect(() => softmax(x.tensor, 2)).toThrow(/axis 2 is outside a tensor of rank 2/);
    expect(() => logSoftmax(x.tensor, -3)).toThrow(RangeError);
  });
});

test("gelu weighs x by the normal distribution below it", async () => {
  // Φ at 0, 1, -1, 3 and -3 from tables of the normal distribution.
  const x = fed("x", [5], [0, 1, -1, 3, -3]);
  const below = [0.5, 0.8413447, 0.1586553, 0.9986501, 0.0013499];
  const actual = await valuesOf(gelu(x.tensor), [x]);
  for (const [i, value] of x.values.entries()) expect(actual[i]).toBeCloseTo(value * below[i]!, 5);
  const wide = drawn("wide", [3, 4], [-3, 3]);
  expect(await gradientError(gelu(wide.tensor), [wide])).toBeLessThan(1e-3);
  const [slope] = gradients(reduceSum(gelu(wide.tensor), { axes: [0, 1] }), [wide.tensor]);
  expect(await gradientError(slope!, [wide])).toBeLessThan(1e-3);
});

describe("maskedSoftmax", () => {
  const x = drawn("masked", [3, 4], [-2, 2]);
  const mask = fed("mask", [3, 4], [1, 1, 0, 0, 1, 0, 1, 1, 0, 0, 0, 0]);
  const y = maskedSoftmax(x.tensor, mask.tensor);

  test("shares out what is left, and nothing where nothing is left", async () => {
    const actual = await valuesOf(y, [x, mask]);
    for (let row = 0; row < 3; row++) {
      const powers = [0, 1, 2, 3].map(
        (i) => mask.values[row * 4 + i]! * Math.exp(x.values[row * 4 + i]!),
      );
      const sum = powers.reduce((a, b) => a + b, 0);
      for (const [i, power] of powers.entries())
        expect(actual[row * 4 + i]).toBeCloseTo(power / Math.max(sum, 1e-9), 6);
    }
    expect(actual.filter((value) => value === 0)).toHaveLength(7);
  });

  test("gradients agree with differences", async () => {
    expect(await gradientError(y, [x], [mask])).toBeLessThan(1e-3);
  });

  test("one mask serves many rows", async () => {
    const scores = drawn("scores", [2, 3, 2, 4]);
    const shared = fed("shared", [2, 1, 1, 4], [1, 1, 1, 0, 0, 0, 0, 0]);
    const attention = maskedSoftmax(scores.tensor, shared.tensor);
    const sums = await valuesOf(reduceSum(attention, { axes: [3] }), [scores, shared]);
    for (const [i, sum] of sums.entries()) expect(sum).toBeCloseTo(i < 6 ? 1 : 0, 6);
    expect(await gradientError(attention, [scores], [shared])).toBeLessThan(1e-3);
  });
});
