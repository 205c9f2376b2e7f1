import { expect, test } from "vitest";
import { evaluate, fed } from "../../test/finite-differences.ts";
import {
  distanceQuantiles,
  linearDistance,
  nearestClass,
  oodScore,
  shareBelow,
} from "./ood-distance.ts";

test("the distance is that to the nearest class, in units of the whitened space", async () => {
  const vectors = fed("x", [3, 2], [0, 0, 10, 10, 4, 0]);
  const gaussians = {
    means: [Float32Array.of(0, 3), Float32Array.of(10, 11)],
    whitening: Float32Array.of(0.5, 0, 0, 2),
  };
  const { y } = await evaluate({ y: nearestClass(vectors.tensor, gaussians) }, [vectors]);
  for (const [i, expected] of [6, 2, Math.hypot(2, 6)].entries()) {
    expect(y![i]).toBeCloseTo(expected, 5);
  }
});

test("quantiles run from the least to the greatest distance", () => {
  const quantiles = distanceQuantiles([30, 10, 20]);
  expect(quantiles).toHaveLength(101);
  expect([0, 25, 50, 100].map((index) => quantiles[index])).toEqual([10, 15, 20, 30]);
  expect(distanceQuantiles([7])).toEqual(Array(101).fill(7));
});

test.each([
  [0, 0],
  [10, 0],
  [15, 0.25],
  [20, 0.5],
  [29.9, 0.995],
  [30, 1],
  [1e9, 1],
])(
  "with validation clips at 10, 20 and 30, a distance of %d has an OOD score of %d",
  (distance, share) => {
    expect(shareBelow(distance, distanceQuantiles([10, 20, 30]))).toBeCloseTo(share, 5);
  },
);

test("where many validation clips are at one distance, what is there has their OOD score", () => {
  const quantiles = distanceQuantiles([5, 5, 5, 5, 9]);
  expect(shareBelow(5, quantiles)).toBe(0);
  expect(shareBelow(5.001, quantiles)).toBeGreaterThan(0.74);
});

test("a linear distance is the log odds that nobody speaks", async () => {
  const vectors = fed("x", [2, 2], [1, 2, 0, 0]);
  const { y } = await evaluate({ y: linearDistance(vectors.tensor, Float32Array.of(3, -1, 0.5)) }, [
    vectors,
  ]);
  expect([...y!]).toEqual([1.5, 0.5]);
  const notSpeech = { maxScore: 0.5 };
  expect(oodScore(0, { notSpeech })).toBe(0.5);
  expect(oodScore(Math.log(4), { notSpeech })).toBeCloseTo(0.8, 10);
  expect(oodScore(-1000, { notSpeech })).toBe(0);
});

test("a card without distances has no OOD score", () => {
  expect(oodScore(3, {})).toBeNull();
});
