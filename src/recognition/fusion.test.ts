import { assert, double, nat, property, tuple, type Arbitrary } from "fast-check";
import { expect, test } from "vitest";
import { centeredLogits } from "../models/speaker-adaptation.ts";
import {
  channelsDisagree,
  fuseChannels,
  textPrediction,
  wordEvidence,
  type Probabilities,
} from "./fusion.ts";

const voice = { neutral: 0.1, calm: 0.3, happy: 0.4, sad: 0.2 };
const total = (probabilities: Probabilities): number =>
  Object.values(probabilities).reduce((sum, p) => sum + p, 0);
/** The same probabilities, but for the last digits. */
const close = (probabilities: Probabilities): unknown =>
  Object.fromEntries(
    Object.entries(probabilities).map(([label, p]) => [label, expect.closeTo(p, 12)]),
  );

const evidence = { neutral: 1, happy: 3, sad: 1 / 3 };

test("ordinary words are evidence of nothing", () => {
  const ordinary = Float32Array.of(0.2, 0.5, 0.3);
  const none = wordEvidence(ordinary, centeredLogits(ordinary));
  for (const value of none) expect(value).toBeCloseTo(1, 6);
  expect(fuseChannels(voice, { neutral: 1, happy: 1, sad: 1 }, 1)).toEqual(close(voice));
  const happy = wordEvidence(Float32Array.of(0.1, 0.8, 0.1), centeredLogits(ordinary));
  expect(happy[1]).toBeGreaterThan(Math.max(happy[0]!, happy[2]!));
});

test("the neutral of words is neutral and calm; a label that words lack keeps the voice's odds", () => {
  const fused = fuseChannels({ ...voice, fearful: 0.1 }, { neutral: 2, happy: 6 }, 1);
  const certainty = 1 + (0.25 * Math.log2(0.25) + 0.75 * Math.log2(0.75));
  const weight = 0.7 * certainty;
  expect(fused["neutral"]! / fused["calm"]!).toBeCloseTo(1 / 3, 12);
  expect(fused["fearful"]! / fused["neutral"]!).toBeCloseTo(1 / 2 ** weight, 12);
  expect(fused["happy"]! / fused["fearful"]!).toBeCloseTo(4 * 6 ** weight, 12);
});

test("the surer the words are, the more they count", () => {
  const odds = [1.5, 3, 30].map((happy) => {
    const fused = fuseChannels({ neutral: 0.5, happy: 0.5 }, { neutral: 1, happy }, 1);
    return Math.log(fused["happy"]! / fused["neutral"]!) / Math.log(happy);
  });
  expect(odds).toEqual(odds.toSorted((a, b) => a - b));
  expect(odds[0]).toBeLessThan(0.03);
});

test("words that were not understood change nothing, and the better understood count the more", () => {
  expect(fuseChannels(voice, evidence, 0)).toEqual(close(voice));
  const happy = [0, 0.3, 0.6, 1].map((confidence) => {
    return fuseChannels(voice, evidence, confidence)["happy"]!;
  });
  expect(happy).toEqual(happy.toSorted((a, b) => a - b));
});

test("words alone predict with the share of neutral speech that is expected", () => {
  expect(textPrediction({ neutral: 1, happy: 1, sad: 1 }, 0.8)).toEqual(
    close({ neutral: 0.8, happy: 0.1, sad: 0.1 }),
  );
  expect(textPrediction({ good: 3, bad: 1 })).toEqual(close({ good: 0.75, bad: 0.25 }));
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
  const ofWords = { ...predictionOf(text), transcriptConfidence: understood };
  expect(channelsDisagree(predictionOf(audio), ofWords)).toBe(disagree);
});
