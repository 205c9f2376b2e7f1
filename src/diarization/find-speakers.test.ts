import { expect, test } from "vitest";
import { Random } from "../shared/random.ts";
import { findSpeakers, type WeightedEmbedding } from "./find-speakers.ts";

const dimensions = 16;
const rule = { apart: 0.6, chanceSec: 2 };

/** Unit vectors around the axes, as many of each as are asked for, and as far from them as noise is. */
function around(counts: readonly number[], noise: number): WeightedEmbedding[][] {
  const random = new Random(1, "speakers");
  return counts.flatMap((count, axis) =>
    Array.from({ length: count }, () => {
      const vector = Float32Array.from(
        { length: dimensions },
        (_, i) => (i === axis ? 1 : 0) + (noise * random.normal()) / Math.sqrt(dimensions),
      );
      const length = Math.hypot(...vector);
      const embedding = vector.map((value) => value / length);
      return [{ embedding, sec: 0.5 }];
    }),
  );
}

const axesOf = (centroids: readonly Float32Array[]): number[] =>
  centroids.map((each) => each.indexOf(Math.max(...each))).toSorted((a, b) => a - b);

test("finds as many speakers as there are, whoever speaks most", () => {
  const found = findSpeakers(around([60, 12, 30], 0.6), rule);
  expect(axesOf(found)).toEqual([0, 1, 2]);
  for (const centroid of found) expect(Math.hypot(...centroid)).toBeCloseTo(1, 5);
});

test("one voice is one speaker, and what is said in a second by nobody else is no speaker", () => {
  expect(findSpeakers(around([40], 0.6), rule)).toHaveLength(1);
  expect(axesOf(findSpeakers(around([40, 40, 2], 0.4), rule))).toEqual([0, 1]);
});

/** How many speakers two voices are told to be, of so many embeddings each, whose cosine is this. */
function countOf(cosine: number, count: number): number {
  const embeddings = around([count, count], 0.1).map(([each], index) => {
    const [x, y] = index < count ? [1, 0] : [cosine, Math.sqrt(1 - cosine ** 2)];
    return [{ ...each!, embedding: each!.embedding.map((value, i) => [x, y][i] ?? value) }];
  });
  return findSpeakers(embeddings, rule).length;
}

test("two clusters are one speaker where they lie close together, in short recordings sooner", () => {
  expect(countOf(0.8, 60)).toBe(1);
  expect(countOf(0.5, 60)).toBe(2);
  expect(countOf(0.5, 8)).toBe(1);
  expect(countOf(-0.5, 8)).toBe(2);
});

test("a known number of speakers is kept to, and outliers do not count as one", () => {
  const embeddings = around([80, 10, 1, 1], 0.4);
  expect(axesOf(findSpeakers(embeddings, { ...rule, speakers: 2 }))).toEqual([0, 1]);
  expect(findSpeakers(embeddings, { ...rule, speakers: 3 })).toHaveLength(3);
  expect(findSpeakers(around([2], 0.1), { ...rule, speakers: 5 }).length).toBeLessThan(3);
});

test("half an hour of speech is clustered part by part", () => {
  const found = findSpeakers(around([1200, 900, 800, 700], 0.8), rule);
  expect(axesOf(found)).toEqual([0, 1, 2, 3]);
});
