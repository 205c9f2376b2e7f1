import { array, assert, constantFrom, double, property, tuple } from "fast-check";
import { expect, test } from "vitest";
import { fuseProbabilities, lateFusionMethods } from "./late-fusion.ts";

const sure = [0.8, 0.1, 0.1];
const unsure = [0.2, 0.5, 0.3];
const firstWeight = 0.5;

test("means", () => {
  const mean = fuseProbabilities({ method: "mean-probabilities", firstWeight }, sure, unsure);
  expect(rounded(mean)).toEqual([0.5, 0.3, 0.2]);
  const roots = [Math.sqrt(0.16), Math.sqrt(0.05), Math.sqrt(0.03)];
  const sum = roots.reduce((a, b) => a + b, 0);
  const logits = fuseProbabilities({ method: "mean-logits", firstWeight }, sure, unsure);
  expect(rounded(logits)).toEqual(rounded(roots.map((root) => root / sum)));
});

test("weights of 0 and 1 leave one model's answer alone", () => {
  const first = fuseProbabilities({ method: "weights", firstWeight: 1 }, sure, unsure);
  expect(rounded(first)).toEqual(sure);
  const second = fuseProbabilities({ method: "weights", firstWeight: 0 }, sure, unsure);
  expect(rounded(second)).toEqual(unsure);
});

test("a vote follows the surer model where they differ, and their mean where they agree", () => {
  const vote = { method: "vote", firstWeight } as const;
  expect(fuseProbabilities(vote, unsure, sure)).toEqual(sure);
  expect(rounded(fuseProbabilities(vote, sure, [0.4, 0.3, 0.3]))).toEqual([0.6, 0.2, 0.2]);
});

const answer = array(double({ min: 0, max: 1, noNaN: true }), { minLength: 4, maxLength: 4 }).map(
  (parts) => {
    const sum = parts.reduce((total, part) => total + part, 1e-3);
    return parts.map((part, label) => (part + (label === 0 ? 1e-3 : 0)) / sum);
  },
);
const bestOf = (probabilities: readonly number[]): number =>
  probabilities.indexOf(Math.max(...probabilities));

test("every method gives probabilities, and an agreed answer keeps its label", () => {
  assert(
    property(
      tuple(answer, answer),
      constantFrom(...lateFusionMethods),
      ([first, second], method) => {
        const fused = fuseProbabilities({ method, firstWeight: 0.3 }, first, second);
        expect(fused.reduce((total, p) => total + p, 0)).toBeCloseTo(1, 9);
        expect(fused.every((p) => p >= 0)).toBe(true);
        const agreed = bestOf(first) === bestOf(second);
        const kept = fused[bestOf(first)]! > Math.max(...fused) - 1e-9;
        expect(kept || !agreed).toBe(true);
      },
    ),
  );
});

function rounded(values: readonly number[]): number[] {
  return values.map((value) => Number(value.toFixed(9)));
}
