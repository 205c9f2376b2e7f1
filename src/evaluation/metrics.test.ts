import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import {
  brierScore,
  expectedCalibrationError,
  fitTemperature,
  negativeLogLikelihood,
  reliabilityBinOf,
  reliabilityBins,
  withTemperature,
} from "./calibration.ts";
import { classScores, confusionMatrix, scoresOf } from "./metrics.ts";
import type { Prediction } from "./prediction.ts";

interface Reference {
  readonly actual: readonly number[];
  readonly speakers: readonly number[];
  readonly probabilities: readonly (readonly number[])[];
  readonly confusionMatrix: readonly (readonly number[])[];
  readonly precision: readonly number[];
  readonly recall: readonly number[];
  readonly f1: readonly number[];
  readonly unweightedAverageRecall: number;
  readonly accuracy: number;
  readonly macroF1: number;
  readonly weightedF1: number;
  readonly expectedCalibrationError: number;
  readonly negativeLogLikelihood: number;
  readonly brierScore: number;
  readonly temperature: number;
  readonly temperatureLoss: number;
}

const reference: Reference = JSON.parse(
  readFileSync(new URL("../../test/reference/metrics.json", import.meta.url), "utf8"),
);
const predictions = reference.actual.map((actual, index): Prediction => ({
  id: String(index),
  speakerId: String(reference.speakers[index]),
  actual,
  probabilities: reference.probabilities[index]!,
}));

test("the confusion matrix and every score of it match numpy's", () => {
  const matrix = confusionMatrix(predictions, 5);
  expect(matrix).toEqual(reference.confusionMatrix);
  for (const [label, scores] of classScores(matrix).entries()) {
    expect(scores.precision).toBeCloseTo(reference.precision[label]!, 12);
    expect(scores.recall).toBeCloseTo(reference.recall[label]!, 12);
    expect(scores.f1).toBeCloseTo(reference.f1[label]!, 12);
  }
  const scores = scoresOf(matrix);
  for (const name of ["unweightedAverageRecall", "accuracy", "macroF1", "weightedF1"] as const) {
    expect(scores[name]).toBeCloseTo(reference[name], 12);
  }
});

test("the scores of probabilities match numpy's", () => {
  expect(expectedCalibrationError(reliabilityBins(predictions))).toBeCloseTo(
    reference.expectedCalibrationError,
    12,
  );
  expect(negativeLogLikelihood(predictions)).toBeCloseTo(reference.negativeLogLikelihood, 12);
  expect(brierScore(predictions)).toBeCloseTo(reference.brierScore, 12);
});

test("the temperature is the one that a fine grid finds", () => {
  const { temperature, validationLoss } = fitTemperature(predictions);
  expect(temperature / reference.temperature).toBeCloseTo(1, 3);
  expect(validationLoss).toBeLessThanOrEqual(reference.temperatureLoss + 1e-9);
});

test("dividing logits by a temperature never changes the answer, and undoing it gives them back", () => {
  for (const prediction of predictions) {
    const softer = withTemperature(prediction, 3);
    expect(scoresOf(confusionMatrix([softer], 5))).toEqual(
      scoresOf(confusionMatrix([prediction], 5)),
    );
    const back = withTemperature(softer, 1 / 3).probabilities;
    for (const [label, p] of back.entries())
      expect(p).toBeCloseTo(prediction.probabilities[label]!, 9);
  }
});

test("one label answered for everything scores chance in recall, whatever the accuracy", () => {
  const scores = scoresOf([
    [90, 0],
    [10, 0],
  ]);
  expect(scores.accuracy).toBe(0.9);
  expect(scores.unweightedAverageRecall).toBe(0.5);
});

test("nothing to score is 0 and not NaN", () => {
  expect(Object.values(scoresOf(confusionMatrix([], 3)))).toEqual([0, 0, 0, 0]);
});

test("certain and wrong stays finite, and a temperature is found for it", () => {
  const wrong: Prediction = { id: "a", speakerId: "1", actual: 0, probabilities: [0, 1] };
  expect(negativeLogLikelihood([wrong])).toBeCloseTo(52 * Math.LN2, 12);
  expect(fitTemperature([wrong]).temperature).toBeCloseTo(20, 2);
});

test("a boundary of confidence belongs to the bin below it", () => {
  expect([0, 1 / 15, 1 / 15 + 1e-9, 1].map(reliabilityBinOf)).toEqual([0, 0, 1, 14]);
});

test("a clip of other labels is named", () => {
  expect(() => confusionMatrix(predictions, 4)).toThrow("clip 0");
});
