import { expect, test } from "vitest";
import type { Turn } from "../shared/turns.ts";
import { bestAssignment } from "./assignment.ts";
import {
  diarizationErrorRate,
  diarizationErrors,
  pooledDiarizationErrorRate,
} from "./diarization.ts";

const turn = (speaker: string, startSec: number, endSec: number): Turn => ({
  startSec,
  endSec,
  speaker,
});
const two = [turn("a", 0, 10), turn("b", 10, 20)];
const errorsOf = (...given: Parameters<typeof diarizationErrors>): number[] => {
  const { missedSec, falseAlarmSec, confusionSec, speechSec } = diarizationErrors(...given);
  return [missedSec, falseAlarmSec, confusionSec, speechSec].map((sec) => +sec.toFixed(9));
};

test.each<[string, Turn[], number[]]>([
  ["the same under other names", [turn("x", 10, 20), turn("y", 0, 10)], [0, 0, 0, 20]],
  ["nothing", [], [20, 0, 0, 20]],
  ["one speaker for two", [turn("x", 0, 20)], [0, 0, 10, 20]],
  ["a late change", [turn("x", 0, 12), turn("y", 12, 20)], [0, 0, 2, 20]],
  ["a gap and a false alarm", [turn("x", 1, 10), turn("y", 10, 23)], [1, 3, 0, 20]],
  ["a third speaker", [turn("x", 0, 10), turn("y", 10, 16), turn("z", 16, 20)], [0, 0, 4, 20]],
  ["two where one speaks", [turn("x", 0, 10), turn("y", 8, 20)], [0, 2, 0, 20]],
  [
    "turns of one speaker twice",
    [turn("x", 0, 7), turn("x", 5, 10), turn("y", 10, 20)],
    [0, 0, 0, 20],
  ],
])("errors of %s", (_, hypothesis, expected) => {
  expect(errorsOf(two, hypothesis)).toEqual(expected);
});

test("overlaps are scored: who of two is missed counts once, speech twice", () => {
  const reference = [turn("a", 0, 10), turn("b", 8, 16)];
  expect(errorsOf(reference, [turn("x", 0, 10), turn("y", 10, 16)])).toEqual([2, 0, 0, 18]);
  expect(errorsOf(reference, reference)).toEqual([0, 0, 0, 18]);
});

test("a collar leaves out both sides of each edge of the reference, also of pauses", () => {
  // Scored: 0.25 … 9.75 and 10.25 … 19.75; the mapping is that of all speech.
  expect(errorsOf(two, [turn("x", 0, 10.5), turn("y", 10.5, 20)], { collarSec: 0.25 })).toEqual([
    0, 0, 0.25, 19,
  ]);
  expect(
    errorsOf(two, [turn("x", -0.2, 10.2), turn("y", 10.2, 20.2)], { collarSec: 0.25 }),
  ).toEqual([0, 0, 0, 19]);
  const short = [turn("a", 0, 0.4)];
  expect(diarizationErrorRate(short, short, { collarSec: 0.25 })).toBeNaN();
});

test("speakers are mapped for the most shared time in all, not greedily", () => {
  // Greedy takes a-x (6 s) and leaves b-y (0 s); the best is a-y with b-x (5 + 5 s).
  const reference = [turn("a", 0, 11), turn("b", 20, 25)];
  const hypothesis = [turn("x", 0, 6), turn("y", 6, 11), turn("x", 20, 25)];
  expect(errorsOf(reference, hypothesis)).toEqual([0, 0, 6, 16]);
});

test("an error rate weighs recordings by their speech, and may exceed 1", () => {
  const whole = diarizationErrors(two, two);
  const none = diarizationErrors([turn("a", 0, 5)], []);
  expect(pooledDiarizationErrorRate([whole, none])).toBeCloseTo(5 / 25);
  expect(diarizationErrorRate([turn("a", 0, 1)], [turn("x", 5, 8)])).toBe(4);
});

test("refuses times that are not finite", () => {
  expect(() => diarizationErrors([turn("a", 0, Infinity)], [])).toThrow(RangeError);
  expect(() => diarizationErrors(two, two, { collarSec: -1 })).toThrow(RangeError);
});

test("the best assignment is that of all permutations", () => {
  const weights = [
    [7, 5, 0, 1],
    [6, 6, 3, 2],
    [8, 1, 4, 9],
  ];
  const assigned = bestAssignment(weights);
  const sum = assigned.reduce((all, column, row) => all + weights[row]![column]!, 0);
  let best = 0;
  for (const a of [0, 1, 2, 3]) {
    for (const b of [0, 1, 2, 3]) {
      for (const c of [0, 1, 2, 3]) {
        if (new Set([a, b, c]).size < 3) continue;
        best = Math.max(best, weights[0]![a]! + weights[1]![b]! + weights[2]![c]!);
      }
    }
  }
  expect([sum, new Set(assigned).size]).toEqual([best, 3]);
  expect(
    bestAssignment([
      [0, 2],
      [0, 3],
      [1, 0],
    ]),
  ).toEqual([-1, 1, 0]);
  expect(bestAssignment([])).toEqual([]);
});
