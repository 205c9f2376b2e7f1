import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { Prediction } from "./prediction.ts";
import { selectiveScores } from "./selective.ts";

/** A clip answered with 0 at this confidence, rightly or wrongly. */
const answered = (confidence: number, right: boolean, index: number): Prediction => ({
  id: `clip-${index}`,
  speakerId: "one",
  actual: right ? 0 : 1,
  probabilities: [confidence, 1 - confidence],
});

test("answering only the surest clips halves the risk at the largest coverage that can", () => {
  const clips = [
    [0.95, true],
    [0.9, true],
    [0.8, false],
    [0.7, true],
    [0.65, false],
    [0.6, false],
  ] as const;
  const { curve, areaUnderCurve, coverageAtHalfRisk } = selectiveScores(
    clips.map(([confidence, right], index) => answered(confidence, right, index)),
  );
  expect(curve.map(({ risk }) => risk)).toEqual([0, 0, 1 / 3, 1 / 4, 2 / 5, 1 / 2]);
  expect(coverageAtHalfRisk).toBeCloseTo(4 / 6, 12); // risk 1/4 of a final 1/2
  expect(areaUnderCurve).toBeCloseTo((0 + 0 + 1 / 3 + 1 / 4 + 2 / 5 + 1 / 2) / 6, 12);
});

test("clips of one confidence are answered together or not at all", () => {
  const { curve, coverageAtHalfRisk } = selectiveScores(
    [true, false, true, false].map((right, index) => answered(0.75, right, index)),
  );
  expect(curve).toEqual([{ coverage: 1, risk: 0.5, confidence: 0.75 }]);
  expect(coverageAtHalfRisk).toBe(0);
});

test("a model without a mistake answers everything", () => {
  const clips = [0.9, 0.6].map((confidence, index) => answered(confidence, true, index));
  expect(selectiveScores(clips)).toMatchObject({ areaUnderCurve: 0, coverageAtHalfRisk: 1 });
});

test("the curve ends at all clips, stays small, and its order of clips does not matter", () => {
  const clip = fc.tuple(fc.double({ min: 0.5, max: 1, noNaN: true }), fc.boolean());
  fc.assert(
    fc.property(fc.array(clip, { minLength: 1, maxLength: 400 }), (clips) => {
      const predictions = clips.map(([confidence, right], index) =>
        answered(confidence, right, index),
      );
      const scores = selectiveScores(predictions);
      const wrong = predictions.filter(({ actual }) => actual === 1).length;
      expect(scores.curve.at(-1)).toMatchObject({ coverage: 1, risk: wrong / clips.length });
      expect(scores.curve.length).toBeLessThanOrEqual(100);
      expect(selectiveScores(predictions.toReversed())).toEqual(scores);
    }),
    { numRuns: 50 },
  );
});
