import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import {
  brierScore,
  expectedCalibrationError,
  fitTemperature,
  logLoss,
  reliabilityBins,
  withTemperature,
} from "./calibration.ts";
import {
  accuracy,
  classScores,
  confusionMatrix,
  macroF1,
  meanRecallOf,
  uar,
  weightedF1,
  type ConfusionMatrix,
} from "./classification.ts";
import { countPredictions, metrics, scoresOf, type Scores } from "./metrics.ts";
import { predictedLabel, type Prediction } from "./prediction.ts";

interface Reference extends Scores {
  readonly actual: readonly number[];
  readonly speakers: readonly number[];
  readonly probabilities: readonly (readonly number[])[];
  readonly confusionMatrix: ConfusionMatrix;
  readonly normalized: Readonly<Record<"true" | "pred" | "all", ConfusionMatrix>>;
  readonly precision: readonly number[];
  readonly recall: readonly number[];
  readonly f1: readonly number[];
  readonly support: readonly number[];
  readonly temperature: number;
  readonly temperatureLoss: number;
}

/** Values of scikit-learn and numpy. */
const reference: Reference = JSON.parse(
  readFileSync(new URL("../../test/reference/metrics.json", import.meta.url), "utf8"),
);
const { actual: yTrue, probabilities } = reference;
const yPred = probabilities.map(predictedLabel);
const labels = [0, 1, 2, 3, 4];
const predictions = yTrue.map((actual, index): Prediction => ({
  id: String(index),
  speakerId: String(reference.speakers[index]),
  actual,
  probabilities: probabilities[index]!,
}));

const flat = (matrix: ConfusionMatrix): number[] => matrix.flat();

test("the confusion matrix and the scores of each class are scikit-learn's", () => {
  const matrix = confusionMatrix(yTrue, yPred, { labels });
  expect(matrix).toEqual(reference.confusionMatrix);
  expect(countPredictions(predictions, 5)).toEqual(matrix);
  for (const [label, scores] of classScores(matrix).entries()) {
    expect(scores.precision).toBeCloseTo(reference.precision[label]!, 12);
    expect(scores.recall).toBeCloseTo(reference.recall[label]!, 12);
    expect(scores.f1).toBeCloseTo(reference.f1[label]!, 12);
    expect(scores.support).toBe(reference.support[label]);
  }
});

test.each(["true", "pred", "all"] as const)(
  "a confusion matrix normalized over %s is scikit-learn's",
  (normalize) => {
    const cells = flat(confusionMatrix(yTrue, yPred, { labels, normalize }));
    for (const [index, cell] of flat(reference.normalized[normalize]).entries()) {
      expect(cells[index]).toBeCloseTo(cell, 12);
    }
  },
);

test("scores of arrays and of predictions are scikit-learn's", () => {
  const scores = scoresOf(predictions, 5);
  const ofArrays: Scores = {
    unweightedAverageRecall: uar(yTrue, yPred),
    accuracy: accuracy(yTrue, yPred),
    macroF1: macroF1(yTrue, yPred),
    weightedF1: weightedF1(yTrue, yPred),
    expectedCalibrationError: expectedCalibrationError(yTrue, probabilities),
    negativeLogLikelihood: logLoss(yTrue, probabilities),
    brierScore: brierScore(yTrue, probabilities),
  };
  for (const { key } of metrics) {
    expect(ofArrays[key]).toBeCloseTo(reference[key], 12);
    expect(scores[key]).toBeCloseTo(reference[key], 12);
  }
});

test("names and indices of labels score alike, and labels are sorted", () => {
  const names = ["calm", "sad", "happy", "angry", "fearful"];
  const named = (label: number): string => names[label]!;
  expect(uar(yTrue.map(named), yPred.map(named))).toBeCloseTo(uar(yTrue, yPred), 12);
  expect(confusionMatrix(["b", "a"], ["a", "a"])).toEqual([
    [1, 0],
    [1, 0],
  ]);
});

test("arrays that do not fit are refused", () => {
  expect(() => uar([0, 1], [0])).toThrow(RangeError);
  expect(() => confusionMatrix([0, 1], [0, 2], { labels: [0, 1] })).toThrow("no 2");
});

test("the temperature is the one that a fine grid finds", () => {
  const { temperature, validationLoss } = fitTemperature(predictions);
  expect(temperature / reference.temperature).toBeCloseTo(1, 3);
  expect(validationLoss).toBeLessThanOrEqual(reference.temperatureLoss + 1e-9);
});

test("a temperature never changes the predicted label, and undoing it restores the probabilities", () => {
  for (const prediction of predictions) {
    const softer = withTemperature(prediction, 3);
    expect(predictedLabel(softer.probabilities)).toBe(predictedLabel(prediction.probabilities));
    const back = withTemperature(softer, 1 / 3).probabilities;
    for (const [label, p] of back.entries())
      expect(p).toBeCloseTo(prediction.probabilities[label]!, 9);
  }
});

test("one label predicted for everything scores chance in recall, whatever the accuracy", () => {
  const all = [...Array<number>(90).fill(0), ...Array<number>(10).fill(1)];
  const constant = Array<number>(100).fill(0);
  expect(accuracy(all, constant)).toBe(0.9);
  expect(uar(all, constant)).toBe(0.5);
  expect(meanRecallOf(confusionMatrix(all, constant))).toBe(0.5);
});

test("nothing to score is 0 and not NaN", () => {
  expect(new Set(Object.values(scoresOf([], 3)))).toEqual(new Set([0]));
});

test("certain and wrong stays finite, and a temperature is found for it", () => {
  const wrong: Prediction = { id: "a", speakerId: "1", actual: 0, probabilities: [0, 1] };
  expect(logLoss([0], [[0, 1]])).toBeCloseTo(52 * Math.LN2, 12);
  expect(fitTemperature([wrong]).temperature).toBeCloseTo(20, 2);
});

test("a boundary of confidence belongs to the bin below it", () => {
  const filled = [1 / 15, 1 / 15 + 1e-9, 1].map((confidence) =>
    reliabilityBins([0], [[confidence, 0]]).findIndex(({ clips }) => clips === 1),
  );
  expect(filled).toEqual([0, 1, 14]);
});

test("a clip of other labels is named", () => {
  expect(() => countPredictions(predictions, 4)).toThrow("clip 0");
});
