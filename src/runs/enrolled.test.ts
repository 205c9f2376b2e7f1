import { expect, test } from "vitest";
import type { Prediction } from "../evaluation/prediction.ts";
import { enrolledPredictions } from "./enrolled.ts";

const labels = ["neutral", "happy", "sad"];

/** Predictions of a speaker for whom the model finds `bias` times as much of happiness as it should. */
function clipsOf(speakerId: string, bias: number, neutralClips = 4): Prediction[] {
  const clips = [...Array<number>(neutralClips).fill(0), 1, 2];
  return clips.map((actual, index) => {
    const right = labels.map((_, label) => (label === actual ? 0.6 : 0.2));
    const biased = right.map((p, label) => (label === 1 ? p * bias : p));
    const sum = biased.reduce((a, b) => a + b, 0);
    return {
      id: `${speakerId}-${index}`,
      speakerId,
      actual,
      probabilities: biased.map((p) => p / sum),
    };
  });
}

const right = (predictions: readonly Prediction[]): number =>
  predictions.filter(
    ({ actual, probabilities }) => probabilities.indexOf(Math.max(...probabilities)) === actual,
  ).length / predictions.length;

const ofA = (predictions: readonly Prediction[]): Prediction[] =>
  predictions.filter(({ speakerId }) => speakerId === "a");

test("two neutral clips of a speaker take away what their voice adds", () => {
  const folds = [
    { temperature: 1, validation: clipsOf("c", 1), test: clipsOf("a", 4) },
    { temperature: 1, validation: clipsOf("a", 4), test: clipsOf("b", 1) },
  ];
  const { enrolled, unknown } = enrolledPredictions(folds, labels)!;
  // Of six clips of each speaker two enroll it, five times.
  expect(enrolled).toHaveLength(2 * 4 * 5);
  expect(unknown.map(({ id }) => id)).toEqual(enrolled.map(({ id }) => id));
  expect(right(ofA(unknown))).toBeLessThan(0.5);
  expect(right(ofA(enrolled))).toBe(1);
});

test("the reference holds nothing of the speakers who are tested", () => {
  const others = [clipsOf("a", 4), clipsOf("c", 1)].map((validation) =>
    enrolledPredictions([{ temperature: 1, validation, test: clipsOf("a", 4) }], labels),
  );
  expect(others[0]).toBeUndefined();
  expect(others[1]).toBeDefined();
});

test("speakers without neutral clips to spare are not tested", () => {
  const folds = [{ temperature: 1, validation: clipsOf("c", 1), test: clipsOf("a", 4, 2) }];
  expect(enrolledPredictions(folds, labels)).toBeUndefined();
});
