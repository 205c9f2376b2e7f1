import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { writeSyntheticRun } from "../../test/synthetic-run.ts";
import { evaluateRun, usesTextOnly, type EvaluatedRun } from "../runs/evaluate-run.ts";
import { parseRecipe } from "../recipes/recipe.ts";
import type { RunInfo } from "../runs/run-folder.ts";
import { mergeResults, readResults, writeResults } from "./results-file.ts";
import { groupBySeed, resultOf } from "./run-result.ts";

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
      await writeSyntheticRun(run, { speakers: 4, clipsPerSpeaker: 16, folds: 2, ...options });
      return evaluateRun(run);
    }),
  );
}, 30_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

const recall = ({ scores }: EvaluatedRun): number => scores.unweightedAverageRecall.value;

test("runs of several seeds become one result, with the mean of their scores", () => {
  const groups = groupBySeed(runs);
  expect(groups.map((group) => group.map(({ info }) => [info.name, info.seed]))).toEqual([
    [
      ["cnn", 1],
      ["cnn", 2],
    ],
    [["other", 1]],
  ]);
  const [first, second] = groups[0]!;
  const result = resultOf(groups[0]!);
  expect(recall(first!)).not.toBeCloseTo(recall(second!), 3);
  expect(result.unweightedAverageRecall.value).toBeCloseTo(
    (recall(first!) + recall(second!)) / 2,
    10,
  );
  expect(result.seeds.map(({ seed }) => seed)).toEqual([1, 2]);
  expect(result.clips).toBe(first!.scores.clips);
});

const member = (kind: string): object => ({ name: kind, description: "", model: { kind } });

const runOf = (seed: number, recipe: RunInfo["recipe"]): EvaluatedRun => ({
  ...runs[0]!,
  info: { ...runs[0]!.info, seed, recipe: { ...recipe, seed } },
});

test("a run of an earlier version, which lacks later settings, joins the others", () => {
  const recipe = { name: "cnn", description: "", model: { kind: "audio-cnn" } };
  const earlier = runOf(1, recipe);
  const later = runOf(2, parseRecipe(recipe, "later"));
  const other = runOf(3, { ...recipe, training: { epochs: 3 } });
  expect(groupBySeed([earlier, later, other]).map((group) => group.length)).toEqual([2, 1]);
});

const readBy = (...kinds: string[]): boolean => {
  const model = { kind: "ensemble", members: kinds.map(member) };
  const { info } = runs[0]!;
  return usesTextOnly({ ...info, protocol: "official", recipe: { name: "both", model } });
};

test("an ensemble of models that read is about texts, one that usesAudio too is not", () => {
  expect(readBy("text-gru", "text-encoder")).toBe(true);
  expect(readBy("text-gru", "audio-cnn")).toBe(false);
});

test("a run beside companions is a result of its own", () => {
  const [first] = runs;
  const record = { corpus: "other", clips: 9, sha256: "0".repeat(64) };
  const beside = { ...first!, info: { ...first!.info, companions: [record] } };
  const [alone, joined] = groupBySeed([first!, beside]).map((group) => resultOf(group));
  expect(joined!.companions).toEqual(["other"]);
  expect(mergeResults([alone!], [joined!])).toHaveLength(2);
});

test("tests of models that were trained on other corpora are results of their own", () => {
  const [first] = runs;
  const trainedOn = (corpus: string, seed = 1): EvaluatedRun => {
    const tested = {
      trainedOn: [corpus],
      knownLabels: ["sad"],
      sha256: "0".repeat(64),
      leftOut: [],
    };
    return { ...first!, info: { ...first!.info, seed, tested } };
  };
  const tested = [trainedOn("calls"), trainedOn("films"), trainedOn("calls", 2)];
  const groups = groupBySeed([first!, ...tested]);
  expect(groups.map((group) => group.length)).toEqual([1, 2, 1]);
  const results = groups.map((group) => resultOf(group));
  expect(results.map((result) => result.trainedOn)).toEqual([undefined, ["calls"], ["films"]]);
  expect(mergeResults(results, results)).toHaveLength(3);
});

test("later results take the place of what they repeat, and the others stay", async () => {
  const [cnn, other] = groupBySeed(runs).map((group) => resultOf(group));
  const path = join(folder, "results.json");
  expect(await readResults(path)).toEqual([]);
  await writeResults(path, mergeResults([], [other!, cnn!]));
  const better = { ...cnn!, clips: 7 };
  const merged = mergeResults(await readResults(path), [better]);
  expect(merged.map(({ name, clips }) => [name, clips])).toEqual([
    ["cnn", 7],
    ["other", other!.clips],
  ]);
  const ablated = mergeResults(merged, [{ ...cnn!, ablation: "settings" }]);
  expect(ablated).toHaveLength(3);
});

test("runs that would take each other's place are refused", async () => {
  expect(() => groupBySeed([runs[0]!, runs[2]!, runs[0]!])).toThrow(/one recipe and seed/);
  const [cnn] = groupBySeed(runs).map((group) => resultOf(group));
  expect(() => mergeResults([], [cnn!, { ...cnn!, clips: 7 }])).toThrow(/are called cnn/);
});

test("settings of a recipe are kept, small and large", async () => {
  const [cnn] = groupBySeed(runs).map((group) => resultOf(group));
  const path = join(folder, "small.json");
  const recipe = { ...cnn!.recipe, epsilon: 1e-8, seed: 12_345_678 };
  await writeResults(path, [{ ...cnn!, recipe }]);
  const [kept] = await readResults(path);
  expect(kept!.recipe).toEqual(recipe);
});

test.each(["", "{", '{"format":1}', '{"format":2,"results":[]}'])(
  "what is no file of results is left alone: %s",
  async (content) => {
    const path = join(folder, "damaged.json");
    await writeFile(path, content);
    await expect(readResults(path)).rejects.toMatchObject({
      code: "run-invalid",
      message: expect.stringContaining("Move it away"),
    });
    expect(await readFile(path, "utf8")).toBe(content);
  },
);
