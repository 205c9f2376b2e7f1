import { expect, test } from "vitest";
import { analysis } from "../../test/support/analysis.ts";
import type { Segment } from "./analysis.ts";
import { strengthOf, strongestMoments } from "./moments.ts";

const [, template] = analysis.segments;
const segment = (startSec: number, neutral: number, angry: number): Segment => ({
  ...template!,
  startSec,
  emotion: "neutral",
  probabilities: { neutral, calm: 0, angry, sad: 1 - neutral - angry },
});
const segments = [segment(0, 0.9, 0.05), segment(1, 0.7, 0.1), segment(2, 0.7, 0.25)];
const starts = (emotion: string): number[] =>
  strongestMoments(segments, emotion, 2).map(({ startSec }) => startSec);

test("moments are ranked by their odds against neutral speech, whatever their label", () => {
  expect(starts("angry")).toEqual([2, 1]);
  expect(starts("sad")).toEqual([1, 2]);
  expect(starts("any")).toEqual([1, 2]);
});

test("pauses and what is out of distribution are no moments", () => {
  const [pause] = analysis.segments;
  const outside = { ...segment(3, 0.1, 0.9), abstained: "out-of-distribution" } as const;
  expect(strongestMoments([pause!, outside], "angry", 5)).toEqual([]);
  expect(strengthOf(pause!, "angry")).toBe(-Infinity);
});
