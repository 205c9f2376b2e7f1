import { expect, test } from "vitest";
import { conditionScores } from "./condition-scores.ts";
import type { Prediction } from "./prediction.ts";

/** One clip of each of two labels by each speaker; `right` are predicted as they are. */
function predictions(speakers: number, right: (clip: number) => boolean): Prediction[] {
  return Array.from({ length: 2 * speakers }, (_, clip) => {
    const predicted = right(clip) ? clip % 2 : 1 - (clip % 2);
    return {
      id: String(clip),
      speakerId: String(Math.floor(clip / 2)),
      actual: clip % 2,
      probabilities: [1 - predicted, predicted],
    };
  });
}

test("a condition loses what the recall of the same clips falls by", () => {
  const clean = predictions(8, (clip) => clip !== 3);
  const worse = predictions(8, (clip) => clip % 4 < 2);
  const { unweightedAverageRecall, lost } = conditionScores(clean, worse, 2);
  expect(unweightedAverageRecall.value).toBeCloseTo(0.5);
  expect(lost.value).toBeCloseTo((1 + 7 / 8) / 2 - 0.5);
  expect(lost.low).toBeLessThan(lost.value);
  expect(lost.high).toBeGreaterThan(lost.value);
});

test("what loses nothing loses nothing in any draw", () => {
  const clean = predictions(8, (clip) => clip % 3 > 0);
  expect(conditionScores(clean, clean, 2).lost).toEqual({ value: 0 });
});

test("other clips are refused", () => {
  const clean = predictions(8, () => true);
  expect(() => conditionScores(clean, clean.slice(1), 2)).toThrow(RangeError);
  expect(() => conditionScores(clean, clean.toReversed(), 2)).toThrow(RangeError);
});
