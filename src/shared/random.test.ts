import { expect, test } from "vitest";
import { Random } from "./random.ts";

const draw = (random: Random, count: number): number[] =>
  Array.from({ length: count }, () => random.uniform());

const moments = (samples: readonly number[]): { mean: number; variance: number } => {
  const mean = samples.reduce((sum, x) => sum + x, 0) / samples.length;
  return { mean, variance: samples.reduce((sum, x) => sum + (x - mean) ** 2, 0) / samples.length };
};

test("the same seed gives the same numbers, another purpose different ones", () => {
  expect(draw(new Random(7, "dropout"), 5)).toEqual(draw(new Random(7, "dropout"), 5));
  expect(draw(new Random(7, "dropout"), 5)).not.toEqual(draw(new Random(7, "mixup"), 5));
});

test("a generator continues from its state", () => {
  const random = new Random(1);
  random.normal();
  const copy = Random.from(random.state);
  expect(draw(copy, 5)).toEqual(draw(random, 5));
});

test.each([
  { name: "uniform", sample: (random: Random) => random.uniform(), mean: 1 / 2, variance: 1 / 12 },
  { name: "normal", sample: (random: Random) => random.normal(), mean: 0, variance: 1 },
  { name: "gamma(0.3)", sample: (random: Random) => random.gamma(0.3), mean: 0.3, variance: 0.3 },
  { name: "gamma(4)", sample: (random: Random) => random.gamma(4), mean: 4, variance: 4 },
])("$name has its mean and variance", ({ name, sample, mean, variance }) => {
  const random = new Random(3, name);
  const measured = moments(Array.from({ length: 50_000 }, () => sample(random)));
  expect(Math.abs(measured.mean - mean)).toBeLessThan(0.05 * Math.max(1, mean));
  expect(Math.abs(measured.variance - variance)).toBeLessThan(0.06 * Math.max(0.5, variance));
});

test("shuffle keeps every item and pick finds each", () => {
  const items = [1, 2, 3, 4, 5];
  expect(new Random(1).shuffle(items).toSorted((a, b) => a - b)).toEqual(items);
  const random = new Random(2);
  expect(new Set(Array.from({ length: 200 }, () => random.pick(items))).size).toBe(5);
});
