import { expect, test } from "vitest";
import { Random } from "../shared/random.ts";
import { bootstrap, type Interval } from "./bootstrap.ts";
import { accuracy, uar } from "./classification.ts";
import { calibrationOf } from "./evaluation.ts";
import { haveSameClips, pairedDifferences, verdictOf } from "./paired-differences.ts";
import { predictedLabel, type Prediction } from "./prediction.ts";

/** `clips` predictions a speaker over two labels, correct with the speaker's own chance. */
function predicted(chances: readonly number[], clips: number, seed: number): Prediction[] {
  const random = new Random(seed, "predicted");
  return chances.flatMap((chance, speaker) =>
    Array.from({ length: clips }, (_, clip): Prediction => {
      const actual = clip % 2;
      const right = random.uniform() < chance;
      const probabilities = right === (actual === 0) ? [0.8, 0.2] : [0.2, 0.8];
      return { id: `${speaker}-${clip}`, speakerId: String(speaker), actual, probabilities };
    }),
  );
}

/** Accuracy's interval, from resampling speakers or clips. */
function accuracyInterval(
  predictions: readonly Prediction[],
  { by = "speaker", resamples = 2000 }: { by?: "speaker" | "clip"; resamples?: number } = {},
): Interval {
  const yTrue = predictions.map(({ actual }) => actual);
  const yPred = predictions.map(({ probabilities }) => predictedLabel(probabilities));
  const groups = predictions.map(({ speakerId }) => speakerId);
  const { low, high } = bootstrap([yTrue, yPred], accuracy, {
    resamples,
    ...(by === "speaker" && { groups }),
  });
  return { low: low!, high: high! };
}

test("of speakers with one clip each, accuracy's interval is the normal one", () => {
  const predictions = predicted(Array(400).fill(0.7), 1, 1);
  const share = predictions.filter((p) => p.probabilities[p.actual] === 0.8).length / 400;
  const interval = accuracyInterval(predictions);
  const halfWidth = 1.96 * Math.sqrt((share * (1 - share)) / 400);
  expect(interval.low).toBeCloseTo(share - halfWidth, 2);
  expect(interval.high).toBeCloseTo(share + halfWidth, 2);
});

test("speakers who differ widen the interval far beyond what clips alone would give", () => {
  const predictions = predicted([0.2, 0.95, 0.3, 0.9, 0.25, 0.99], 100, 2);
  const width = (by: "speaker" | "clip") => {
    const { low, high } = accuracyInterval(predictions, { by });
    return high - low;
  };
  expect(width("speaker")).toBeGreaterThan(4 * width("clip"));
});

test("an interval covers the truth about 95 times of 100", () => {
  let covered = 0;
  for (let trial = 0; trial < 100; trial++) {
    const predictions = predicted(Array(40).fill(0.7), 4, trial + 10);
    const { low, high } = accuracyInterval(predictions, { resamples: 300 });
    covered += Number(low <= 0.7 && 0.7 <= high);
  }
  expect(covered).toBeGreaterThan(87);
});

test("the same seed gives the same interval, another one another, and few groups none", () => {
  const arrays = [
    ["sad", "sad", "sad", "calm", "calm", "calm"],
    ["sad", "calm", "calm", "calm", "sad", "sad"],
  ] as const;
  const groups = [1, 1, 2, 3, 4, 5];
  const estimate = bootstrap(arrays, uar, { groups, seed: 5 });
  expect(bootstrap(arrays, uar, { groups, seed: 5 })).toEqual(estimate);
  expect(estimate.value).toBeCloseTo(1 / 3, 12);
  const fourGroups = bootstrap(arrays, uar, { groups: [1, 1, 2, 3, 4, 4] });
  expect(fourGroups).toEqual({ value: estimate.value });
  const narrow = bootstrap(arrays, uar, { groups, seed: 5, confidence: 0.2 });
  expect(narrow.high! - narrow.low!).toBeLessThan(estimate.high! - estimate.low!);
});

test("arrays of several lengths are refused", () => {
  expect(() => bootstrap([[1, 2], [1]], () => 0)).toThrow(RangeError);
  expect(() => bootstrap([[1, 2]], () => 0, { groups: [1] })).toThrow(RangeError);
});

test("the calibration error lies in its interval, though resampling by itself only adds to it", () => {
  const { expectedCalibrationError } = calibrationOf(predicted(Array(24).fill(0.8), 30, 9));
  const { value, low, high } = expectedCalibrationError;
  expect(low).toBeLessThanOrEqual(value);
  expect(high).toBeGreaterThan(value);
});

test("a run differs from itself by nothing, whatever order its clips come in", () => {
  const predictions = predicted([0.5, 0.6, 0.7, 0.8, 0.9, 0.5], 20, 4);
  const { unweightedAverageRecall } = pairedDifferences(predictions, predictions.toReversed(), 2);
  expect(unweightedAverageRecall).toEqual({ value: 0 });
  expect(verdictOf(unweightedAverageRecall)).toBeUndefined();
});

test("a run that is better on every speaker is better beyond doubt, though single intervals overlap", () => {
  const worse = predicted([0.2, 0.9, 0.3, 0.8, 0.4, 0.7], 100, 5);
  const better = predicted([0.3, 0.99, 0.4, 0.9, 0.5, 0.8], 100, 5);
  expect(pairedDifferences(better, worse, 2).accuracy.low).toBeGreaterThan(0);
  expect(accuracyInterval(better).low).toBeLessThan(accuracyInterval(worse).high);
});

test("other clips, and the same clip twice, are not the same clips", () => {
  const predictions = predicted([0.5, 0.6], 4, 6);
  expect(haveSameClips(predictions, predictions.slice(1))).toBe(false);
  expect(haveSameClips(predictions, [...predictions.slice(1), predictions[1]!])).toBe(false);
  expect(() => pairedDifferences(predictions, predictions.slice(1), 2)).toThrow("same clips");
});
