import { expect, test } from "vitest";
import { Random } from "../shared/random.ts";
import { agglomerate, mergeCost, type Cluster } from "./agglomerate.ts";

const at = (degrees: number, index: number, weight = 1): Cluster => {
  const angle = (degrees * Math.PI) / 180;
  return {
    sum: Float64Array.of(weight * Math.cos(angle), weight * Math.sin(angle)),
    weight,
    members: [index],
  };
};
const members = (clusters: readonly Cluster[]): number[][] =>
  clusters.map((each) => each.members.toSorted((a, b) => a - b)).toSorted((a, b) => a[0]! - b[0]!);

/** Sum of squares within clusters of unit vectors. */
const within = (clusters: readonly Cluster[]): number =>
  clusters.reduce((sum, { weight, sum: [x, y] }) => sum + weight - (x! ** 2 + y! ** 2) / weight, 0);

test("joins what costs least first: the rise of the sum of squares within clusters", () => {
  const steps = [...agglomerate([at(0, 0), at(10, 1), at(90, 2), at(94, 3)])];
  expect(steps.map(({ clusters }) => members(clusters))).toEqual([
    [[0], [1], [2], [3]],
    [[0], [1], [2, 3]],
    [
      [0, 1],
      [2, 3],
    ],
    [[0, 1, 2, 3]],
  ]);
  const sums = steps.map(({ clusters }) => within(clusters));
  for (const [n, { cost }] of steps.entries()) {
    expect(cost).toBeCloseTo(sums[n]! - (sums[n - 1] ?? 0), 9);
  }
});

test("a cluster of many counts as its members would", () => {
  const apart = [...agglomerate([at(0, 0), at(0, 0), at(0, 0), at(60, 1), at(100, 2)])];
  const together = [...agglomerate([at(0, 0, 3), at(60, 1), at(100, 2)])];
  expect(together.at(-1)!.cost).toBeCloseTo(apart.at(-1)!.cost, 9);
});

test("each step joins the pair that costs least of all there are", () => {
  const random = new Random(3, "agglomerate");
  const given = Array.from({ length: 25 }, (_, index) => at(random.uniform(0, 360), index));
  let before = given as readonly Cluster[];
  for (const { cost, clusters } of [...agglomerate(given)].slice(1)) {
    const all = before.flatMap((a, i) => before.slice(i + 1).map((b) => mergeCost(a, b)));
    expect(cost).toBeCloseTo(Math.min(...all), 9);
    before = clusters;
  }
});

test("nothing and one are no steps", () => {
  expect([...agglomerate([])].map(({ clusters }) => clusters.length)).toEqual([0]);
  expect([...agglomerate([at(0, 0)])].map(({ clusters }) => clusters.length)).toEqual([1]);
});
