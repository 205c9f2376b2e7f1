import { expect, test } from "vitest";
import { toHalves } from "../shared/half-floats.ts";
import { rowMoments, standardisingWeights } from "./layer-moments.ts";

const halves = (...values: number[]): Uint16Array => toHalves(Float32Array.from(values));

test("moments are those of all rows of all blocks, by place", () => {
  const { mean, deviation } = rowMoments([halves(1, 10), halves(3, 10, 5, 40)], 2);
  expect([...mean]).toEqual([3, 20]);
  expect(deviation[0]).toBeCloseTo(Math.sqrt(8 / 3), 5);
  expect(deviation[1]).toBeCloseTo(Math.sqrt(200), 4);
});

test("what never changes can be divided by its deviation", () => {
  expect(rowMoments([halves(2, 2, 2)], 1).deviation[0]).toBeGreaterThan(0);
});

test("weights carry the names and sizes that the network asks for", () => {
  const encoders = [{ name: "moonshine-tiny", layers: [0, 4] }] as const;
  const inputs = { "moonshine-tiny.hidden": new Uint16Array(3 * 2 * 288) };
  const weights = standardisingWeights([inputs], encoders);
  expect([...weights].map(([name, values]) => [name, values.length])).toEqual([
    ["moonshine-tiny.mean", 576],
    ["moonshine-tiny.deviation", 576],
  ]);
});
