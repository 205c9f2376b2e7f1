import { expect, test } from "vitest";
import { detectorFeatures, EnglishDetector, type TranscriptEvidence } from "./english-detector.ts";
import { englishWeights } from "./english-weights.ts";
import { moonshineSizes } from "./moonshine.ts";

const evidence: TranscriptEvidence = {
  states: Float32Array.of(1, 10, 3, 10), // two frames of width 2
  probabilities: [1, 0.25],
  entropies: [0, 2],
  text: "Yes yes",
  durationSec: 2,
};

test("features are the mean of the states, and how sure, fast and repetitive the words are", () => {
  const features = detectorFeatures(evidence, 2);
  const expected = [2, 10].concat(
    [Math.log(0.25) / 2, Math.log(0.25), 0.625, 0.5, 1, 2],
    [3.5, 1, Math.log(2), 0.5, 2 / 7],
  );
  expect(features).toHaveLength(expected.length);
  for (const [n, value] of expected.entries()) expect(features[n]).toBeCloseTo(value, 9);
});

test("a transcript is believed above a logit of 0", () => {
  const weights = [1, ...Array.from({ length: 12 }, () => 0)];
  const detector = (bias: number): EnglishDetector =>
    new EnglishDetector({ layer: 1, width: 2, weights, bias });
  expect(detector(-1.9).isEnglish(evidence)).toBe(true);
  expect(detector(-2.1).isEnglish(evidence)).toBe(false);
});

test("features are numbers for the shortest words", () => {
  const shortest = { ...evidence, probabilities: [0], entropies: [0], text: "I" };
  expect(detectorFeatures(shortest, 2).every(Number.isFinite)).toBe(true);
});

test("there is a weight for each feature", () => {
  const { width, weights, bias, layer } = englishWeights.base!;
  const one = { ...evidence, states: new Float32Array(width) };
  expect(width).toBe(8 * moonshineSizes.base.headSize);
  expect(layer).toBeLessThan(moonshineSizes.base.layers);
  expect(weights).toHaveLength(detectorFeatures(one, width).length);
  expect([...weights, bias].every(Number.isFinite)).toBe(true);
});
