import { array, assert, constantFrom, double, integer, property } from "fast-check";
import { expect, test } from "vitest";
import { combinationMethods, combine } from "./combination.ts";

const sure = [0.8, 0.1, 0.1];
const unsure = [0.2, 0.5, 0.3];
const torn = [0.3, 0.4, 0.3];

test("means of two models", () => {
  expect(rounded(combine({ method: "mean" }, [sure, unsure]))).toEqual([0.5, 0.3, 0.2]);
  const roots = [Math.sqrt(0.16), Math.sqrt(0.05), Math.sqrt(0.03)];
  const sum = roots.reduce((a, b) => a + b, 0);
  const logits = combine({ method: "logits" }, [sure, unsure]);
  expect(rounded(logits)).toEqual(rounded(roots.map((root) => root / sum)));
});

test("means of three models", () => {
  const mean = combine({ method: "mean" }, [sure, unsure, torn]);
  expect(rounded(mean)).toEqual(rounded([1.3 / 3, 1 / 3, 0.7 / 3]));
  const roots = [0.8 * 0.2 * 0.3, 0.1 * 0.5 * 0.4, 0.1 * 0.3 * 0.3].map(Math.cbrt);
  const sum = roots.reduce((a, b) => a + b, 0);
  const logits = combine({ method: "logits" }, [sure, unsure, torn]);
  expect(rounded(logits)).toEqual(rounded(roots.map((root) => root / sum)));
});

test.each([0, 1, 2])("a weight of 1 leaves the prediction of model %d alone", (index) => {
  const weights = [0, 1, 2].map((model) => Number(model === index));
  const predictions = [sure, unsure, torn];
  const combined = combine({ method: "weights", weights }, predictions);
  expect(rounded(combined)).toEqual(predictions[index]);
});

test("equal weights are the mean of logits", () => {
  const weights = [0.5, 0.5];
  const weighted = combine({ method: "weights", weights }, [sure, unsure]);
  expect(rounded(weighted)).toEqual(rounded(combine({ method: "logits" }, [sure, unsure])));
});

test("a vote of two follows the more confident one, or their mean where they agree", () => {
  expect(combine({ method: "vote" }, [unsure, sure])).toEqual(sure);
  const agreed = combine({ method: "vote" }, [sure, [0.4, 0.3, 0.3]]);
  expect(rounded(agreed)).toEqual([0.6, 0.2, 0.2]);
});

test("a vote of three follows the majority against a more confident one", () => {
  const voted = combine({ method: "vote" }, [sure, unsure, torn]);
  expect(rounded(voted)).toEqual([0.25, 0.45, 0.3]);
  const last = [0.1, 0.1, 0.8];
  const split = combine({ method: "vote" }, [[0.7, 0.2, 0.1], unsure, last]);
  expect(split).toEqual(last);
});

const prediction = array(double({ min: 0, max: 1, noNaN: true }), {
  minLength: 4,
  maxLength: 4,
}).map((parts) => {
  const sum = parts.reduce((total, part) => total + part, 1e-3);
  return parts.map((part, label) => (part + (label === 0 ? 1e-3 : 0)) / sum);
});
const bestOf = (probabilities: readonly number[]): number =>
  probabilities.indexOf(Math.max(...probabilities));

test("every method gives probabilities, and keeps the label that all agree on", () => {
  assert(
    property(
      array(prediction, { minLength: 2, maxLength: 4 }),
      constantFrom(...combinationMethods),
      integer({ min: 1, max: 9 }),
      (predictions, method, part) => {
        const rest = (1 - part / 10) / (predictions.length - 1);
        const weights = predictions.map((_, index) => (index === 0 ? part / 10 : rest));
        const combined = combine({ method, weights }, predictions);
        expect(combined.reduce((total, p) => total + p, 0)).toBeCloseTo(1, 9);
        expect(combined.every((p) => p >= 0)).toBe(true);
        const label = bestOf(predictions[0]!);
        const isAgreed = predictions.every((one) => bestOf(one) === label);
        expect(combined[label]! > Math.max(...combined) - 1e-9 || !isAgreed).toBe(true);
      },
    ),
  );
});

function rounded(values: readonly number[]): number[] {
  return values.map((value) => Number(value.toFixed(9)));
}
