import { expect, test } from "vitest";
import { relativeStatistics } from "./relative-statistics.ts";

const clip = (speaker: string, isNeutral: boolean, ...values: number[]) => ({
  speaker,
  isNeutral,
  statistics: Float32Array.from(values),
});

test("speakers are moved by their neutral clips, or by all where none is neutral", () => {
  const moved = relativeStatistics([
    clip("a", true, 1, 0),
    clip("a", true, 3, 0),
    clip("a", false, 50, 50),
    clip("b", false, 4, 6),
    clip("b", false, 8, 6),
  ]);
  expect([...moved(Float32Array.of(50, 50), "a")]).toEqual([52, 53]);
  expect([...moved(Float32Array.of(4, 6), "b")]).toEqual([2, 3]);
});
