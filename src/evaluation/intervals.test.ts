import { expect, test } from "vitest";
import { expectedCalibrationError, reliabilityBins } from "./calibration.ts";
import { Random } from "../shared/random.ts";
import { bootstrapIntervals, haveSameClips, pairedDifferenceIntervals } from "./intervals.ts";
import type { Prediction } from "./prediction.ts";

/** `clips` answers a speaker over two labels, right with the speaker's own chance. */
function answers(chances: readonly number[], clips: number, seed: number): Prediction[] {
  const random = new Random(seed, "answers");
  return chances.flatMap((chance, speaker) =>
    Array.from({ length: clips }, (_, clip): Prediction => {
      const actual = clip % 2;
      const right = random.uniform() < chance;
      const probabilities = right === (actual === 0) ? [0.8, 0.2] : [0.2, 0.8];
      return { id: `${speaker}-${clip}`, speakerId: String(speaker), actual, probabilities };
    }),
  );
}

test("of speakers with one clip each, accuracy's interval is the normal one", () => {
  const predictions = answers(Array(400).fill(0.7), 1, 1);
  const accuracy = predictions.filter((p) => p.probabilities[p.actual] === 0.8).length / 400;
  const interval = bootstrapIntervals(predictions, { labelCount: 2 })!.accuracy;
  const halfWidth = 1.96 * Math.sqrt((accuracy * (1 - accuracy)) / 400);
  expect(interval.low).toBeCloseTo(accuracy - halfWidth, 2);
  expect(interval.high).toBeCloseTo(accuracy + halfWidth, 2);
});

test("speakers who differ widen the interval far beyond what clips alone would give", () => {
  const predictions = answers([0.2, 0.95, 0.3, 0.9, 0.25, 0.99], 100, 2);
  const width = (by: "speaker" | "clip") => {
    const { low, high } = bootstrapIntervals(predictions, { labelCount: 2, by })!.accuracy;
    return high - low;
  };
  expect(width("speaker")).toBeGreaterThan(4 * width("clip"));
});

test("an interval covers the truth about 95 times of 100", () => {
  let covered = 0;
  for (let trial = 0; trial < 100; trial++) {
    const options = { labelCount: 2, resamples: 300 };
    const predictions = answers(Array(40).fill(0.7), 4, trial + 10);
    const { low, high } = bootstrapIntervals(predictions, options)!.accuracy;
    covered += Number(low <= 0.7 && 0.7 <= high);
  }
  expect(covered).toBeGreaterThan(87);
});

test("the same seed gives the same interval, and one speaker gives none", () => {
  const predictions = answers([0.5, 0.6, 0.7], 20, 3);
  const options = { labelCount: 2, seed: 5 };
  expect(bootstrapIntervals(predictions, options)).toEqual(
    bootstrapIntervals(predictions, options),
  );
  expect(bootstrapIntervals(answers([0.5], 20, 3), options)).toBeUndefined();
});

test("the calibration error lies in its interval, though resampling by itself only adds to it", () => {
  const predictions = answers(Array(24).fill(0.8), 30, 9);
  const error = expectedCalibrationError(reliabilityBins(predictions));
  const interval = bootstrapIntervals(predictions, { labelCount: 2 })!.expectedCalibrationError;
  expect(interval.low).toBeLessThanOrEqual(error);
  expect(interval.high).toBeGreaterThan(error);
});

test("a run differs from itself by nothing, whatever order its clips come in", () => {
  const predictions = answers([0.5, 0.6, 0.7], 20, 4);
  const difference = pairedDifferenceIntervals(predictions, predictions.toReversed(), {
    labelCount: 2,
  })!;
  expect(difference.unweightedAverageRecall).toEqual({ low: 0, high: 0 });
});

test("a run that is better on every speaker is better beyond doubt, though single intervals overlap", () => {
  const worse = answers([0.2, 0.9, 0.3, 0.8, 0.4, 0.7], 100, 5);
  const better = answers([0.3, 0.99, 0.4, 0.9, 0.5, 0.8], 100, 5);
  const options = { labelCount: 2 };
  expect(pairedDifferenceIntervals(better, worse, options)!.accuracy.low).toBeGreaterThan(0);
  expect(bootstrapIntervals(better, options)!.accuracy.low).toBeLessThan(
    bootstrapIntervals(worse, options)!.accuracy.high,
  );
});

test("other clips, and the same clip twice, are not the same clips", () => {
  const predictions = answers([0.5, 0.6], 4, 6);
  expect(haveSameClips(predictions, predictions.slice(1))).toBe(false);
  expect(haveSameClips(predictions, [...predictions.slice(1), predictions[1]!])).toBe(false);
  expect(() =>
    pairedDifferenceIntervals(predictions, predictions.slice(1), { labelCount: 2 }),
  ).toThrow("same clips");
});
