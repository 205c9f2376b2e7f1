import { expect, test } from "vitest";
import { equalErrorRate } from "./equal-error-rate.ts";

test.each<[number[], boolean[], number]>([
  [[0.9, 0.8, 0.2, 0.1], [true, true, false, false], 0],
  [[0.9, 0.4, 0.6, 0.1], [true, true, false, false], 0.5],
  [[0.1, 0.2, 0.8, 0.9], [true, true, false, false], 1],
  [[0.5, 0.5, 0.5, 0.5], [true, true, false, false], 0.5], // one threshold takes all or none
  [[5, 4, 3, 2, 1], [true, true, false, true, false], 1 / 3], // between (0, 1/3) and (1/2, 1/3) of the curve
])("equal error rate of %j", (scores, isTarget, rate) => {
  expect(equalErrorRate(scores, isTarget)).toBeCloseTo(rate, 9);
});

test("refuses trials of one kind", () => {
  expect(() => equalErrorRate([1, 2], [true, true])).toThrow(RangeError);
  expect(() => equalErrorRate([1], [true, false])).toThrow(RangeError);
});
