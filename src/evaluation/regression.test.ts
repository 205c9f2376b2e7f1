import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { evaluateDimensions } from "./dimension-evaluation.ts";
import { dimensionScores, type DimensionScores } from "./metrics.ts";
import { ccc, meanConcordance, pearson, rmse } from "./regression.ts";

/** Values of numpy and scikit-learn. */
const reference: DimensionScores & { readonly values: number[]; readonly estimates: number[] } =
  JSON.parse(readFileSync(new URL("../../test/reference/metrics.json", import.meta.url), "utf8"));
const { values, estimates } = reference;

test("CCC, Pearson r and RMSE are those of numpy and scikit-learn", () => {
  const scores = dimensionScores(values, estimates);
  expect(scores.concordance).toBeCloseTo(reference.concordance, 12);
  expect(scores.pearson).toBeCloseTo(reference.pearson, 12);
  expect(scores.rootMeanSquareError).toBeCloseTo(reference.rootMeanSquareError, 12);
});

test("closed forms: equal, opposite, shifted and stretched values", () => {
  const negative = values.map((value) => -value);
  expect([ccc(values, values), pearson(values, values), rmse(values, values)]).toEqual([
    expect.closeTo(1, 12),
    expect.closeTo(1, 12),
    expect.closeTo(0, 7),
  ]);
  expect(pearson(values, negative)).toBeCloseTo(-1, 12);
  // Variance 2/3: shifted by 1 it is 2 · 2/3 / (4/3 + 1), stretched by 2 about the mean 2 · 4/3 / (2/3 + 8/3).
  expect(ccc([1, 2, 3], [2, 3, 4])).toBeCloseTo(4 / 7, 12);
  expect(ccc([1, 2, 3], [0, 2, 4])).toBeCloseTo(4 / 5, 12);
  expect(rmse([1, 2, 3], [2, 3, 4])).toBeCloseTo(1, 12);
});

const inPercent = (value: number): number => 25 * (value - 1);

test("CCC does not change when both arrays are on another scale", () => {
  expect(ccc(values.map(inPercent), estimates.map(inPercent))).toBeCloseTo(
    reference.concordance,
    12,
  );
});

test("where nothing varies correlations are 0; arrays of two lengths are refused", () => {
  expect([ccc([2, 2], [2, 2]), pearson([1, 2], [3, 3])]).toEqual([0, 0]);
  expect(() => ccc([1], [1, 2])).toThrow(RangeError);
});

const rated = values.map((value, index) => ({
  id: `clip ${index}`,
  speakerId: `speaker ${index % 6}`,
  actual: [value, -value],
  predicted: [estimates[index]!, index],
}));

test("each dimension has scores with intervals over speakers, and their CCC a mean", () => {
  const { clips, speakers, concordance, dimensions } = evaluateDimensions(rated, [
    "arousal",
    "valence",
  ]);
  expect([clips, speakers]).toEqual([60, 6]);
  const [arousal, valence] = dimensions;
  expect([arousal!.name, valence!.name]).toEqual(["arousal", "valence"]);
  expect(arousal!.concordance.value).toBeCloseTo(reference.concordance, 12);
  expect(arousal!.concordance.low).toBeLessThan(reference.concordance);
  expect(arousal!.concordance.high).toBeGreaterThan(reference.concordance);
  const mean = (arousal!.concordance.value + valence!.concordance.value) / 2;
  expect(concordance.value).toBeCloseTo(mean, 12);
  expect(meanConcordance(rated, 2)).toBeCloseTo(mean, 12);
});

test("few speakers have no interval", () => {
  const one = rated.map((clip) => ({ ...clip, speakerId: "one" }));
  const { concordance } = evaluateDimensions(one, ["arousal", "valence"]);
  expect(Object.keys(concordance)).toEqual(["value"]);
});
