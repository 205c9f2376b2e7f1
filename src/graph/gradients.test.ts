import { describe, expect, test } from "vitest";
import { drawn, fed, gradientError, valuesOf } from "../../test/finite-differences.ts";
import { emitModel } from "./emit.ts";
import { gradients } from "./gradients.ts";
import { relu, tanh } from "./operators/activation.ts";
import { add, cast, exp, greater, multiply, where } from "./operators/arithmetic.ts";
import { matMul } from "./operators/matrix.ts";
import { reduceSum, reduceSumSquare } from "./operators/reduce.ts";
import { input, parameter, scalar, withGradient, type Tensor } from "./tensor.ts";

const x = drawn("x", [2, 3]);
const total = (y: Tensor): Tensor => reduceSum(y, { axes: y.shape.map((_, axis) => axis) });

test("a parameter that is used twice gathers both gradients", async () => {
  const y = add(multiply(x.tensor, x.tensor), exp(x.tensor));
  const [gradient] = gradients(total(y), [x.tensor]);
  const actual = await valuesOf(gradient!, [x]);
  for (const [i, value] of x.values.entries()) {
    expect(actual[i]).toBeCloseTo(2 * value + Math.exp(value), 5);
  }
});

test("a small network of shared parts agrees with differences", async () => {
  const weight = drawn("weight", [4, 3]);
  const row = drawn("row", [4]);
  const hidden = tanh(add(matMul(x.tensor, weight.tensor, { transposeB: true }), row.tensor));
  const y = multiply(hidden, add(hidden, row.tensor));
  expect(await gradientError(y, [x, weight, row])).toBeLessThan(1e-3);
});

test("gradients can be differentiated again", async () => {
  const cube = multiply(x.tensor, multiply(x.tensor, x.tensor));
  const [first] = gradients(total(cube), [x.tensor]);
  const [second] = gradients(total(first!), [x.tensor]);
  const actual = await valuesOf(second!, [x]);
  for (const [i, value] of x.values.entries()) expect(actual[i]).toBeCloseTo(6 * value, 4);
  const weight = drawn("weight", [3, 2]);
  const y = tanh(matMul(x.tensor, weight.tensor));
  const [byWeight] = gradients(total(y), [weight.tensor]);
  expect(await gradientError(byWeight!, [x, weight])).toBeLessThan(1e-3);
});

test("an intermediate tensor and the loss itself have gradients, too", async () => {
  const middle = exp(x.tensor);
  const loss = reduceSumSquare(middle, { axes: [0, 1] });
  const [byMiddle, byLoss] = gradients(loss, [middle, loss]);
  const actual = await valuesOf(byMiddle!, [x]);
  for (const [i, value] of x.values.entries()) {
    expect(actual[i]).toBeCloseTo(2 * Math.exp(value), 4);
  }
  expect(await valuesOf(byLoss!, [])).toEqual([1]);
});

test("a gradient has its tensor's shape even where every element has the same", async () => {
  const [gradient] = gradients(total(x.tensor), [x.tensor]);
  expect(gradient!.shape).toEqual([2, 3]);
  expect(await valuesOf(gradient!, [x])).toEqual([1, 1, 1, 1, 1, 1]);
});

test("a loss that is no scalar is refused with its shape", () => {
  expect(() => gradients(x.tensor, [x.tensor])).toThrow(/scalar, got shape \[2, 3\]/);
  expect(() => gradients(reduceSum(x.tensor, { axes: [0, 1], keepAxes: true }), [])).toThrow(
    /\[1, 1\]/,
  );
});

describe("a loss that does not depend on a parameter is refused", () => {
  const other = parameter("other", [2, 3]);

  test.each([
    ["not in the graph", total(x.tensor)],
    ["only in a condition", total(where(greater(other, scalar(0)), x.tensor, scalar(0)))],
    ["only behind a comparison", total(add(x.tensor, cast(greater(other, scalar(0)))))],
  ])("%s", (_, loss) => {
    expect(() => gradients(loss, [x.tensor, other])).toThrow(/does not depend/);
    expect(gradients(loss, [x.tensor])).toHaveLength(1);
  });
});

test("ten thousand additions do not overflow the stack", () => {
  const first = parameter("first", [1]);
  let y: Tensor = first;
  for (let i = 0; i < 10_000; i++) y = add(y, first);
  const [gradient] = gradients(total(y), [first]);
  expect(emitModel({ outputs: { gradient: gradient! } }).length).toBeGreaterThan(10_000);
});

test("a parameter that is used three hundred times gathers all gradients", async () => {
  const first = fed("first", [1], [1]);
  let y: Tensor = first.tensor;
  for (let i = 0; i < 300; i++) y = add(y, first.tensor);
  expect(await valuesOf(gradients(total(y), [first.tensor])[0]!, [first])).toEqual([301]);
});

test("an input can be differentiated by, as a parameter can", () => {
  const features = input("features", [2]);
  expect(gradients(total(relu(features)), [features])[0]!.shape).toEqual([2]);
});

test("a gradient that is given takes the place of that through the operations", async () => {
  const y = exp(multiply(x.tensor, scalar(2)));
  const value = withGradient(y, [x.tensor], [(gradient) => multiply(gradient, scalar(3))]);
  const [gradient] = gradients(total(add(value, x.tensor)), [x.tensor]);
  expect(await valuesOf(gradient!, [x])).toEqual(Array.from(x.values, () => 4));
  const actual = await valuesOf(value, [x]);
  for (const [i, v] of x.values.entries()) expect(actual[i]).toBeCloseTo(Math.exp(2 * v), 5);
});
