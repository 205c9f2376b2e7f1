import { expect, test } from "vitest";
import { Random } from "../shared/random.ts";
import { findSpeakers, type WeightedEmbedding } from "./find-speakers.ts";

const dimensions = 16;
const oneSpeaker = 0.75;

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
      return [{ embedding, absolute: embedding, sec: 0.5 }];
    }),
  );
}

const axesOf = (centroids: readonly Float32Array[]): number[] =>
  centroids.map((each) => each.indexOf(Math.max(...each))).toSorted((a, b) => a - b);

test("finds as many speakers as there are, whoever speaks most", () => {
  const found = findSpeakers(around([60, 12, 30], 0.6), { threshold: 3, oneSpeaker });
  expect(axesOf(found)).toEqual([0, 1, 2]);
  for (const centroid of found) expect(Math.hypot(...centroid)).toBeCloseTo(1, 5);
});

test("one voice is one speaker, and what is said in a second by nobody else is no speaker", () => {
  expect(findSpeakers(around([40], 0.6), { threshold: 3, oneSpeaker })).toHaveLength(1);
  expect(axesOf(findSpeakers(around([40, 40, 2], 0.4), { threshold: 3, oneSpeaker }))).toEqual([
    0, 1,
  ]);
});

/** How many speakers two voices of so many embeddings are told to be whose cosine is this, beside what a recording's mean takes away. */
function countOf(cosine: number, count: number): number {
  const shared = Math.sqrt(cosine / (1 - cosine));
  const embeddings = around([count, count], 0.2).map(([each]) => [
    { ...each!, absolute: Float32Array.of(...each!.embedding, shared) },
  ]);
  return findSpeakers(embeddings, { threshold: 3, oneSpeaker }).length;
}

test("two clusters are one speaker where they sound alike beside all other voices, in short recordings sooner", () => {
  expect(countOf(0.8, 60)).toBe(1);
  expect(countOf(0.6, 60)).toBe(2);
  expect(countOf(0.6, 8)).toBe(1);
  expect(countOf(0.1, 8)).toBe(2);
});

test("a known number of speakers is kept to, and outliers do not count as one", () => {
  const embeddings = around([80, 10, 1, 1], 0.4);
  expect(axesOf(findSpeakers(embeddings, { speakers: 2, threshold: 30, oneSpeaker }))).toEqual([
    0, 1,
  ]);
  expect(findSpeakers(embeddings, { speakers: 3, threshold: 1, oneSpeaker })).toHaveLength(3);
  expect(
    findSpeakers(around([2], 0.1), { speakers: 5, threshold: 3, oneSpeaker }).length,
  ).toBeLessThan(3);
});

test("half an hour of speech is clustered part by part", () => {
  const found = findSpeakers(around([1200, 900, 800, 700], 0.8), { threshold: 3, oneSpeaker });
  expect(axesOf(found)).toEqual([0, 1, 2, 3]);
});
