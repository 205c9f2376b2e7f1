import * as fc from "fast-check";
import { expect, test } from "vitest";
import { riskCoverage } from "./risk-coverage.ts";

/** The curve of samples predicted as 0 at a confidence, correctly or not. */
const curveOf = (samples: readonly (readonly [confidence: number, correct: boolean])[]) =>
  riskCoverage(
    samples.map(([, correct]) => (correct ? 0 : 1)),
    samples.map(([confidence]) => [confidence, 1 - confidence]),
  );

test("predicting only the most confident samples halves the risk at the largest coverage that can", () => {
  const { curve, areaUnderCurve, coverageAtHalfRisk } = curveOf([
    [0.95, true],
    [0.9, true],
    [0.8, false],
    [0.7, true],
    [0.65, false],
    [0.6, false],
  ]);
  expect(curve.map(({ risk }) => risk)).toEqual([0, 0, 1 / 3, 1 / 4, 2 / 5, 1 / 2]);
  expect(coverageAtHalfRisk).toBeCloseTo(4 / 6, 12); // risk 1/4 of a final 1/2
  expect(areaUnderCurve).toBeCloseTo((0 + 0 + 1 / 3 + 1 / 4 + 2 / 5 + 1 / 2) / 6, 12);
});

test("samples of one confidence are predicted together or not at all", () => {
  const { curve, coverageAtHalfRisk } = curveOf([
    [0.75, true],
    [0.75, false],
    [0.75, true],
    [0.75, false],
  ]);
  expect(curve).toEqual([{ coverage: 1, risk: 0.5, confidence: 0.75 }]);
  expect(coverageAtHalfRisk).toBe(0);
});

test("a model without errors predicts everything, and nothing is no curve", () => {
  const perfect = curveOf([
    [0.9, true],
    [0.6, true],
  ]);
  expect(perfect).toMatchObject({ areaUnderCurve: 0, coverageAtHalfRisk: 1 });
  expect(() => curveOf([])).toThrow(RangeError);
});

test("the curve ends at all samples, stays small, and the order of samples does not matter", () => {
  const sample = fc.tuple(fc.double({ min: 0.5, max: 1, noNaN: true }), fc.boolean());
  fc.assert(
    fc.property(fc.array(sample, { minLength: 1, maxLength: 400 }), (samples) => {
      // A tie of 0.5 counts as the first label, as everywhere.
      const scores = curveOf(samples);
      const errors = samples.filter(([, correct]) => !correct).length;
      expect(scores.curve.at(-1)).toMatchObject({ coverage: 1, risk: errors / samples.length });
      expect(scores.curve.length).toBeLessThanOrEqual(100);
      expect(curveOf(samples.toReversed())).toEqual(scores);
    }),
    { numRuns: 50 },
  );
});
