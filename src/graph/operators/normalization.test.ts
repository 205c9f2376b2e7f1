import { expect, test } from "vitest";
import { drawn, evaluate, fed, gradientError, valuesOf } from "../../../test/finite-differences.ts";
import { parameter } from "../tensor.ts";
import { gradients } from "../gradients.ts";
import { exp } from "./arithmetic.ts";
import { reduceSum } from "./reduce.ts";
import { channelMoments, layerNormalization, normalizeChannels } from "./normalization.ts";

const x = drawn("x", [2, 3, 2, 4], [-1, 2]);

/** The 16 values of one channel, over batch and image. */
function channel(values: ArrayLike<number>, index: number): number[] {
  return Array.from({ length: 16 }, (_, i) => values[(i < 8 ? 0 : 16) + index * 8 + i]!);
}
const mean = (values: readonly number[]): number =>
  values.reduce((a, b) => a + b, 0) / values.length;
const variance = (values: readonly number[]): number =>
  mean(values.map((v) => (v - mean(values)) ** 2));

test("moments by channel are mean and biased variance", async () => {
  const actual = await evaluate({ ...channelMoments(x.tensor) }, [x]);
  for (let c = 0; c < 3; c++) {
    expect(actual["mean"]![c]).toBeCloseTo(mean(channel(x.values, c)), 6);
    expect(actual["variance"]![c]).toBeCloseTo(variance(channel(x.values, c)), 5);
  }
  const moments = channelMoments(x.tensor);
  expect(await gradientError(moments.mean, [x])).toBeLessThan(1e-3);
  expect(await gradientError(moments.variance, [x])).toBeLessThan(1e-3);
});

test("normalized by its own moments, a channel has the mean and deviation of shift and scale", async () => {
  const scale = fed("scale", [3], [1, -2, 0.5]);
  const shift = fed("shift", [3], [0, 1, -1]);
  const y = normalizeChannels(x.tensor, {
    ...channelMoments(x.tensor),
    scale: scale.tensor,
    shift: shift.tensor,
    epsilon: 1e-12,
  });
  const values = await valuesOf(y, [x, scale, shift]);
  for (let c = 0; c < 3; c++) {
    expect(mean(channel(values, c))).toBeCloseTo(shift.values[c]!, 5);
    expect(Math.sqrt(variance(channel(values, c)))).toBeCloseTo(Math.abs(scale.values[c]!), 4);
  }
  expect(await gradientError(y, [x, scale, shift])).toBeLessThan(2e-3);
});

test("gradients flow to moments from elsewhere, too", async () => {
  const scale = drawn("scale", [3]);
  const shift = drawn("shift", [3]);
  const center = drawn("center", [3]);
  const spread = drawn("spread", [3], [0.5, 2]);
  const y = normalizeChannels(x.tensor, {
    mean: center.tensor,
    variance: spread.tensor,
    scale: scale.tensor,
    shift: shift.tensor,
    epsilon: 0.1,
  });
  const leaves = [x, scale, shift, center, spread];
  const actual = await valuesOf(y, leaves);
  const c = 1;
  const expected = channel(x.values, c).map(
    (v) =>
      ((v - center.values[c]!) / Math.sqrt(spread.values[c]! + 0.1)) * scale.values[c]! +
      shift.values[c]!,
  );
  for (const [i, value] of channel(actual, c).entries()) expect(value).toBeCloseTo(expected[i]!, 5);
  expect(await gradientError(y, leaves)).toBeLessThan(1e-3);
});

test("moments of large images keep five digits, also where the mean is far from nought", async () => {
  const image = drawn("image", [8, 2, 64, 128], [1, 3]);
  const second = image.values.subarray(64 * 128); // of the first picture; the others follow two apart
  const exact = Array.from(
    { length: 8 * 64 * 128 },
    (_, i) => second[Math.floor(i / 8192) * 2 * 8192 + (i % 8192)]!,
  );
  const actual = await evaluate({ ...channelMoments(image.tensor) }, [image]);
  const center = mean(exact);
  const spread = mean(exact.map((value) => (value - center) ** 2));
  expect(Math.abs(actual["mean"]![1]! / center - 1)).toBeLessThan(1e-6);
  // Squares of 4 for a variance of a third: what the mean square rounds away counts twelvefold.
  expect(Math.abs(actual["variance"]![1]! / spread - 1)).toBeLessThan(1e-5);
});

test.each([0.3, 3.3, 33.3, 777.7])(
  "a channel that is %d everywhere has no negative variance, and no value that is no number",
  async (value) => {
    const flat = fed("x", [2, 1, 64, 64], new Float32Array(8192).fill(value));
    const one = fed("one", [1], [1]);
    const moments = channelMoments(flat.tensor);
    const y = normalizeChannels(flat.tensor, { ...moments, scale: one.tensor, shift: one.tensor });
    const actual = await evaluate({ variance: moments.variance, y }, [flat, one]);
    expect(actual["variance"]![0]).toBeGreaterThanOrEqual(0);
    expect(actual["y"]!.every(Number.isFinite)).toBe(true);
  },
);

test("refuses statistics of another number of channels", () => {
  const three = parameter("three", [3]);
  const two = parameter("two", [2]);
  expect(() =>
    normalizeChannels(x.tensor, { mean: three, variance: three, scale: three, shift: two }),
  ).toThrow(/^BatchNormalization: shapes \[2, 3, 2, 4\] and .*\[2\] do not fit: \[channels\] each/);
  expect(() => channelMoments(parameter("flat", [2, 3]))).toThrow(
    /^channelMoments: shapes \[2, 3\]/,
  );
});

test("layer normalization: each vector by its own moments, with its gradients and theirs", async () => {
  const vectors = drawn("vectors", [2, 3, 5], [-2, 3]);
  const scale = drawn("scale", [5], [0.5, 2]);
  const shift = drawn("shift", [5]);
  const y = layerNormalization(vectors.tensor, {
    scale: scale.tensor,
    shift: shift.tensor,
    epsilon: 0.01,
  });
  const actual = await valuesOf(y, [vectors, scale, shift]);
  for (let row = 0; row < 6; row++) {
    const own = [...vectors.values.subarray(row * 5, row * 5 + 5)];
    const deviation = Math.sqrt(variance(own) + 0.01);
    for (const [i, value] of own.entries()) {
      const expected = ((value - mean(own)) / deviation) * scale.values[i]! + shift.values[i]!;
      expect(actual[row * 5 + i]).toBeCloseTo(expected, 5);
    }
  }
  expect(await gradientError(y, [vectors, scale, shift])).toBeLessThan(1e-3);
  const slopes = gradients(reduceSum(exp(y), { axes: [0, 1, 2] }), [vectors.tensor, scale.tensor]);
  for (const slope of slopes)
    expect(await gradientError(slope, [vectors, scale, shift])).toBeLessThan(2e-3);
});

test("layer normalization refuses a scale of another width", () => {
  const [scale, shift] = [parameter("scale", [5]), parameter("shift", [4])];
  expect(() => layerNormalization(parameter("y", [2, 5]), { scale, shift })).toThrow(
    /^LayerNormalization: shapes \[2, 5\] and \[5\] and \[4\]/,
  );
});
