import { assert, double, nat, property, tuple, type Arbitrary } from "fast-check";
import { expect, test } from "vitest";
import { alignWords, channelsDisagree, fuseChannels, type Probabilities } from "./fusion.ts";

const voice = { neutral: 0.1, calm: 0.3, happy: 0.4, sad: 0.2 };
const total = (probabilities: Probabilities): number =>
  Object.values(probabilities).reduce((sum, p) => sum + p, 0);
/** The same probabilities, but for the last digits. */
const close = (probabilities: Probabilities): unknown =>
  Object.fromEntries(
    Object.entries(probabilities).map(([label, p]) => [label, expect.closeTo(p, 12)]),
  );

test("the neutral of words is neutral and calm as the voice divides them", () => {
  const words = { neutral: 0.6, happy: 0.3, sad: 0.1 };
  expect(alignWords(words, voice)).toEqual(
    close({ neutral: 0.15, calm: 0.45, happy: 0.3, sad: 0.1 }),
  );
  const onlyCalm = { calm: 0.5, happy: 0.5 };
  expect(alignWords({ neutral: 0.2, happy: 0.8 }, onlyCalm)).toEqual(
    close({ calm: 0.2, happy: 0.8 }),
  );
});

test("a label of one channel alone is left to it", () => {
  expect(alignWords({ happy: 0.3, sad: 0.2, angry: 0.5 }, voice)).toEqual(
    close({
      neutral: 0.1,
      calm: 0.3,
      happy: 0.36,
      sad: 0.24,
    }),
  );
  expect(alignWords({ angry: 1 }, voice)).toEqual(voice);
});

test("fused, the odds of neutral and calm stay the voice's, and both are fused as one emotion", () => {
  const words = { neutral: 0.6, happy: 0.3, sad: 0.1 };
  const fused = fuseChannels(voice, words, 1);
  expect(fused["neutral"]! / fused["calm"]!).toBeCloseTo(1 / 3, 12);
  const asOne = fuseChannels({ neutral: 0.4, happy: 0.4, sad: 0.2 }, words, 1);
  expect(fused["neutral"]! + fused["calm"]!).toBeCloseTo(asOne["neutral"]!, 12);
  const means = [0.4 * 0.6, 0.4 * 0.3, 0.2 * 0.1].map(Math.sqrt);
  const sum = means.reduce((all, mean) => all + mean, 0);
  expect(asOne["happy"]).toBeCloseTo(means[1]! / sum, 12);
});

test("words that were not understood change nothing, and the better understood count the more", () => {
  const words = { neutral: 0.05, happy: 0.05, sad: 0.9 };
  expect(fuseChannels(voice, words, 0)).toEqual(close(voice));
  const sad = [0, 0.3, 0.6, 1].map((confidence) => fuseChannels(voice, words, confidence)["sad"]!);
  expect(sad).toEqual(sad.toSorted((a, b) => a - b));
});

const distributions = (labels: readonly string[]): Arbitrary<Probabilities> =>
  tuple(...labels.map(() => nat(100)))
    .filter((counts) => counts.some((count) => count > 0))
    .map((counts) => {
      const sum = counts.reduce((all, count) => all + count, 0);
      return Object.fromEntries(labels.map((label, k) => [label, counts[k]! / sum]));
    });

test("whatever the channels predict, their fusion sums to 1", () => {
  const voices = distributions(["neutral", "calm", "happy", "sad"]);
  const words = distributions(["neutral", "happy", "sad", "angry"]);
  assert(
    property(voices, words, double({ min: 0, max: 1, noNaN: true }), (audio, text, confidence) => {
      expect(total(alignWords(text, audio))).toBeCloseTo(1, 9);
      const fused = fuseChannels(audio, text, confidence);
      expect(total(fused)).toBeCloseTo(1, 9);
      expect(Object.values(fused).every((p) => p >= 0 && p <= 1)).toBe(true);
    }),
  );
});

const predictionOf = ([emotion, confidence]: Predicted): {
  emotion: string;
  confidence: number;
} => ({
  emotion,
  confidence,
});

type Predicted = readonly [emotion: string, confidence: number];
const same: Predicted = ["happy", 0.9];

test.each<[Predicted, Predicted, { understood: number; disagree: boolean }]>([
  [["angry", 0.5], ["happy", 0.5], { understood: 0.5, disagree: true }],
  [["sad", 0.9], ["neutral", 0.9], { understood: 0.9, disagree: true }],
  [["angry", 0.49], same, { understood: 0.9, disagree: false }],
  [same, ["angry", 0.49], { understood: 0.9, disagree: false }],
  [["angry", 0.9], same, { understood: 0.49, disagree: false }],
  [same, same, { understood: 0.9, disagree: false }],
  [["calm", 0.9], ["neutral", 0.9], { understood: 0.9, disagree: false }],
])("voice %j, words %j: %j", (audio, text, { understood, disagree }) => {
  const textPrediction = { ...predictionOf(text), transcriptConfidence: understood };
  expect(channelsDisagree(predictionOf(audio), textPrediction)).toBe(disagree);
});
