import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { writeSyntheticRun } from "../../test/synthetic-run.ts";
import { metricsIn } from "../evaluation/metrics.ts";
import { evaluateRun, type EvaluatedRun } from "../runs/evaluate-run.ts";
import { compareRuns } from "./compare-runs.ts";
import { comparisonTable, differenceTable } from "./comparison-tables.ts";
import { validationScores } from "./validation-scores.ts";

const small = { speakers: 6, clipsPerSpeaker: 24, folds: 3, epochs: 3 };
let folder: string;
let weak: EvaluatedRun;
let strong: EvaluatedRun;
let leaky: EvaluatedRun;

async function synthetic(name: string, options: object): Promise<EvaluatedRun> {
  await writeSyntheticRun(join(folder, name), { ...small, name, ...options });
  return evaluateRun(join(folder, name));
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "undertone-compare-"));
  [weak, strong, leaky] = await Promise.all([
    synthetic("weak", { skill: 0.5 }),
    synthetic("strong", { skill: 4 }),
    synthetic("leaky", { protocol: "random", folds: 1 }),
  ]);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test("runs on the same clips are subtracted, later ones from the first", () => {
  const { comparable, differences, warnings } = compareRuns([weak, strong]);
  expect(comparable).toBe(true);
  expect(warnings).toEqual([]);
  expect(differences.map(({ first, second }) => [first, second])).toEqual([["strong", "weak"]]);
  expect(differences[0]!.unweightedAverageRecall.value).toBeCloseTo(
    strong.scores.unweightedAverageRecall.value - weak.scores.unweightedAverageRecall.value,
    12,
  );
  expect(differences[0]!.unweightedAverageRecall.low).toBeGreaterThan(0);
});

test("a leaky run beside a speaker-independent one is named, and neither ranked nor subtracted", () => {
  const { comparable, differences, warnings } = compareRuns([strong, leaky]);
  expect(comparable).toBe(false);
  expect(differences).toEqual([]);
  expect(warnings.join()).toContain("do not rank");
  expect(warnings.join()).toContain("LEAKY: leaky");
});

test("tables have a column of every metric that they show, best run first, and a verdict", () => {
  const comparison = compareRuns([weak, strong]);
  const scores = comparisonTable(comparison);
  const names = metricsIn("comparison").map(({ abbreviation }) => abbreviation);
  expect(scores.header).toEqual(expect.arrayContaining(names));
  expect(scores.rows.map(([name]) => name)).toEqual(["strong", "weak"]);
  const [difference] = differenceTable(comparison).rows;
  expect(difference![0]).toBe("strong");
  expect(difference![1]).toMatch(/^\+\d/);
  expect(difference!.at(-1)).toBe("better");
  expect(differenceTable(compareRuns([strong, strong])).rows[0]!.at(-1)).toBe("");
});

test("runs of one recipe have the names of their folders, and few speakers no interval or verdict", async () => {
  const options = { name: "cnn", speakers: 4, folds: 2 };
  const seeds = [
    await synthetic("seed-1", options),
    await synthetic("seed-2", { ...options, skill: 4 }),
  ];
  const comparison = compareRuns(seeds);
  expect(comparison.runs.map(({ name }) => name)).toEqual(["seed-1", "seed-2"]);
  expect(validationScores(seeds).map(({ name }) => name)).toEqual(["seed-2", "seed-1"]);
  expect(comparison.warnings).toEqual([expect.stringMatching(/^seed-1, seed-2: only 4 speakers/)]);
  const [difference] = comparison.differences;
  expect(difference).toMatchObject({ first: "seed-2", second: "seed-1" });
  expect(Object.keys(difference!.unweightedAverageRecall)).toEqual(["value"]);
  expect(differenceTable(comparison).rows[0]!.slice(-2)).toEqual(["", ""]);
});
