import { expect, test } from "vitest";
import { areaUnderCurve, streamScores, type StreamClip } from "./stream-scores.ts";

const clip = (actual: number, ordinary: readonly number[], more: Partial<StreamClip> = {}) => ({
  actual,
  balanced: ordinary,
  ordinary,
  weight: 1,
  evidence: -ordinary[0]!,
  abstained: false,
  ...more,
});
const unemotional = new Set([0]);

test("false alarms are counted among neutral clips, what is noticed among the others", () => {
  const clips = [
    clip(0, [0.9, 0.1, 0]),
    clip(0, [0.3, 0.6, 0.1]),
    clip(0, [0.1, 0.05, 0.85]),
    clip(0, [0.1, 0.9, 0], { abstained: true }),
    clip(1, [0.2, 0.4, 0.4]),
    clip(2, [0.6, 0.2, 0.2]),
  ];
  expect(streamScores(clips, unemotional)).toMatchObject({
    clips: 6,
    falseAlarms: { any: 0.5, half: 0.5, sure: 0.25 },
    noticed: 0.5,
    abstained: 1 / 6,
    areaUnderCurve: (2 / 4 + 1 / 4) / 2,
  });
});

test("recall is among the labels that occur, each as likely beforehand", () => {
  const clips = [clip(0, [0.9, 0.1, 0]), clip(1, [0.9, 0.1, 0], { balanced: [0.2, 0.3, 0.5] })];
  const { unweightedAverageRecall, macroF1 } = streamScores(clips, unemotional);
  expect([unweightedAverageRecall, macroF1]).toEqual([1, 1]);
  expect(streamScores([clips[0]!], unemotional).unweightedAverageRecall).toBeUndefined();
});

test("the calibration error weighs clips as the stream does", () => {
  const right = clip(0, [0.8, 0.2, 0], { weight: 4 });
  const wrong = clip(1, [0.8, 0.2, 0], { weight: 1 });
  expect(streamScores([right, wrong], unemotional).calibrationError).toBeCloseTo(0, 12);
  expect(streamScores([{ ...right, weight: 1 }, wrong], unemotional).calibrationError).toBeCloseTo(
    0.3,
    12,
  );
});

test("the area under the curve is that of all pairs, ties counted half", () => {
  expect(areaUnderCurve([3, 2], [1, 2])).toBe((1 + 1 + 1 + 0.5) / 4);
  expect(areaUnderCurve([1], [2, 3])).toBe(0);
});
