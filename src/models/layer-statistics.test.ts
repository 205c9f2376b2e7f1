import { expect, test } from "vitest";
import { toFloat16 } from "../shared/float16.ts";
import { layerStatistics, rowMoments, standardizingWeights } from "./layer-statistics.ts";

const float16 = (...values: number[]): Uint16Array => toFloat16(Float32Array.from(values));

const clip = (...frames: number[]) => ({
  "moonshine-tiny.mask": new Float32Array(frames.length),
  "moonshine-tiny.statistics": layerStatistics([float16(...frames)], 1),
});

test("moments are those of all rows, by place", () => {
  const rows = [
    [1, 10],
    [3, 10],
    [5, 40],
  ].map((row) => Float32Array.from(row));
  const { mean, deviation } = rowMoments(rows);
  expect([...mean]).toEqual([3, 20]);
  expect(deviation[0]).toBeCloseTo(Math.sqrt(8 / 3), 5);
  expect(deviation[1]).toBeCloseTo(Math.sqrt(200), 4);
});

test("what never changes can be divided by its deviation", () => {
  expect(rowMoments([Float32Array.of(2)]).deviation[0]).toBeGreaterThan(0);
});

test("a clip's statistics are the means of its layers, then their deviations", () => {
  const layers = [float16(1, 10, 3, 10), float16(5, 0, 5, 4)];
  const [least] = rowMoments([Float32Array.of(2)]).deviation;
  expect([...layerStatistics(layers, 2)]).toEqual([2, 10, 5, 2, 1, least, least, 2]);
});

test("a network standardizes by the moments of all frames, however the clips share them", () => {
  const encoders = [{ name: "moonshine-tiny", layers: [4] }] as const;
  const weights = standardizingWeights([clip(1), clip(3, 5, 7, 9)], encoders);
  expect(weights.get("moonshine-tiny.mean")![0]).toBeCloseTo(5, 5);
  expect(weights.get("moonshine-tiny.deviation")![0]).toBeCloseTo(Math.sqrt(8), 4);
});
