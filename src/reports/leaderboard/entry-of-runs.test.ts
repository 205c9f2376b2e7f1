import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { writeSyntheticRun } from "../../../test/synthetic-run.ts";
import { evaluateRun, type EvaluatedRun } from "../../runs/evaluate-run.ts";
import type { RunInfo } from "../../runs/run-folder.ts";
import { entryOfRuns, groupBySeed } from "./entry-of-runs.ts";
import { keyOf, logEntrySchema } from "./log-entry.ts";

let folder: string;
let runs: EvaluatedRun[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "undertone-results-"));
  runs = await Promise.all(
    [
      { name: "cnn", seed: 1 },
      { name: "cnn", seed: 2 },
      { name: "other", seed: 1 },
    ].map(async (options, index) => {
      const run = join(folder, String(index));
      await writeSyntheticRun(run, { speakers: 4, clipsPerSpeaker: 24, folds: 2, ...options });
      return evaluateRun(run);
    }),
  );
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const date = "2026-01-02";
const recall = ({ scores }: EvaluatedRun): number => scores.unweightedAverageRecall.value;

test("runs of several seeds become one entry, with the mean of their scores", () => {
  const groups = groupBySeed(runs);
  expect(groups.map((group) => group.map(({ info }) => [info.name, info.seed]))).toEqual([
    [
      ["cnn", 1],
      ["cnn", 2],
    ],
    [["other", 1]],
  ]);
  const [first, second] = groups[0]!;
  const entry = entryOfRuns(groups[0]!, { date });
  expect(logEntrySchema.parse(entry)).toEqual(entry);
  expect(recall(first!)).not.toBeCloseTo(recall(second!), 3);
  expect(entry.test.unweightedAverageRecall!.value).toBeCloseTo(
    (recall(first!) + recall(second!)) / 2,
    10,
  );
  expect(entry).toMatchObject({ seeds: [1, 2], clips: first!.scores.clips, classes: 8, folds: 2 });
  expect(entry.enrolled!.without).toBeGreaterThan(0);
});

const runOf = (seed: number, recipe: RunInfo["recipe"]): EvaluatedRun => ({
  ...runs[0]!,
  info: { ...runs[0]!.info, seed, recipe: { ...recipe, seed } },
});

test("runs of other settings are entries of their own", () => {
  const recipe = { name: "cnn", model: { kind: "audio-cnn" } };
  const other = runOf(2, { ...recipe, training: { epochs: 3 } });
  const groups = groupBySeed([runOf(1, recipe), runOf(2, recipe), other]);
  expect(groups.map((group) => group.length)).toEqual([2, 1]);
});

test("tests of models that were trained on other corpora are entries of their own", () => {
  const [first] = runs;
  const trainedOn = (corpus: string, seed = 1): EvaluatedRun => {
    const tested = {
      trainedOn: [corpus],
      knownLabels: ["sad", "calm"],
      sha256: "0".repeat(64),
      leftOut: [],
    };
    return { ...first!, info: { ...first!.info, seed, tested } };
  };
  const tested = [trainedOn("calls"), trainedOn("films"), trainedOn("calls", 2)];
  const groups = groupBySeed([first!, ...tested]);
  expect(groups.map((group) => group.length)).toEqual([1, 2, 1]);
  const entries = groups.map((group) => entryOfRuns(group, { date }));
  expect(entries.map((entry) => entry.trainedOn)).toEqual([undefined, ["calls"], ["films"]]);
  expect(new Set(entries.map(keyOf)).size).toBe(3);
});

test("runs of one recipe and seed are refused", () => {
  expect(() => groupBySeed([runs[0]!, runs[2]!, runs[0]!])).toThrow(/one recipe and seed/);
});
