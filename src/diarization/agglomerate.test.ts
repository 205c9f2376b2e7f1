import { expect, test } from "vitest";
import { Random } from "../shared/random.ts";
import { agglomerate, type Cluster } from "./agglomerate.ts";

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

const cos = (degrees: number): number => Math.cos((degrees * Math.PI) / 180);

test("joins the most similar first, by the mean cosine of all pairs", () => {
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
  const between = (cos(90) + cos(94) + cos(80) + cos(84)) / 4;
  expect(steps.map(({ similarity }) => +similarity.toFixed(9))).toEqual(
    [1, cos(4), cos(10), between].map((value) => +value.toFixed(9)),
  );
});

test("a cluster of many counts as its members would", () => {
  const apart = [...agglomerate([at(0, 0), at(0, 0), at(0, 0), at(60, 1), at(100, 2)])];
  const together = [...agglomerate([at(0, 0, 3), at(60, 1), at(100, 2)])];
  expect(together.at(-1)!.similarity).toBeCloseTo(apart.at(-1)!.similarity, 9);
});

test("each step joins the most similar pair there is", () => {
  const random = new Random(3, "agglomerate");
  const given = Array.from({ length: 25 }, (_, index) => at(random.uniform(0, 360), index));
  let before = given as readonly Cluster[];
  for (const { similarity, clusters } of [...agglomerate(given)].slice(1)) {
    const all = before.flatMap((a, i) =>
      before.slice(i + 1).map((b) => {
        const product = a.sum[0]! * b.sum[0]! + a.sum[1]! * b.sum[1]!;
        return product / (a.weight * b.weight);
      }),
    );
    expect(similarity).toBeCloseTo(Math.max(...all), 9);
    before = clusters;
  }
});

test("nothing and one are no steps", () => {
  expect([...agglomerate([])].map(({ clusters }) => clusters.length)).toEqual([0]);
  expect([...agglomerate([at(0, 0)])].map(({ clusters }) => clusters.length)).toEqual([1]);
});
