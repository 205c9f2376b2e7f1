import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { testFacts, testOptions, train } from "../../test/support/training.ts";
import { withTemperature } from "../evaluation/calibration.ts";
import type { Prediction } from "../evaluation/prediction.ts";
import { combinationMethods, combine, type CombinationMethod } from "../models/combination.ts";
import { combineRuns } from "./combine-runs.ts";
import { readRun } from "./evaluate-run.ts";
import { foldFolder, readRunInfo } from "./run-folder.ts";

const gru = {
  name: "gru",
  protocol: "official",
  words: { minFrequency: 1, length: 8 },
  model: { kind: "text-gru", embedding: 4, hidden: 4 },
  robustnessTests: [{ name: "missing", missing: 1 }],
  training: { epochs: 3, batchSize: 4, learningRate: 0.02 },
};
const tfidf = {
  ...gru,
  name: "tfidf",
  model: { kind: "text-tfidf" },
  robustnessTests: [],
};

let root = "";
const inRoot = (...names: string[]): string => join(root, ...names);

const trainOn = (name: string, recipe: object, data = "main"): Promise<string> =>
  train({
    recipe,
    data: inRoot(`${data}.csv`),
    runFolder: inRoot(name),
    cacheFolder: inRoot("features"),
  });

async function combineInto(
  name: string,
  runs: readonly string[],
  method: CombinationMethod = "mean",
): Promise<readonly string[]> {
  const { logger, messages } = testOptions();
  const request = { name, method, runFolder: inRoot(name), facts: testFacts };
  await combineRuns({ ...request, runs: runs.map((run) => inRoot(run)) }, logger);
  return messages;
}

const testOf = async (name: string): Promise<readonly Prediction[]> =>
  (await readRun(inRoot(name))).folds[0]!.test;

const rows = [
  "good day,happy,train",
  "bad day,sad,train",
  "good night,happy,train",
  "bad luck,sad,train",
  "fine day,happy,validation",
  "gray day,sad,validation",
  "good luck,happy,validation",
  "bad night,sad,validation",
  "so good,happy,test",
  "too bad,sad,test",
];
const write = (name: string, lines: readonly string[]): Promise<void> =>
  writeFile(inRoot(`${name}.csv`), `${["text,emotion,split", ...lines].join("\n")}\n`);

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "undertone-combine-"));
  await write("main", rows);
  await write("other", rows);
  await trainOn("gru", gru);
  await trainOn("gru-2", { ...gru, name: "gru-2", seed: 2 });
  await trainOn("tfidf", tfidf);
});
afterAll(() => rm(root, { recursive: true, force: true }));

describe.each([
  ["two", ["gru", "gru-2"]],
  ["three", ["gru", "gru-2", "tfidf"]],
] as const)("%s runs", (count, runs) => {
  test.each(combinationMethods)(
    "combined by %s have the predictions of that method",
    async (method) => {
      const name = `${count}-${method}`;
      await combineInto(name, runs, method);
      const { info, folds } = await readRun(inRoot(name));
      expect(info).toMatchObject({
        name,
        corpus: "main",
        combined: { method, members: runs.map((run) => ({ name: run, runFolder: `../${run}` })) },
      });
      const members = await Promise.all(runs.map(testOf));
      const [fold] = folds;
      expect(fold!.uncalibrated).toHaveLength(2);
      for (const [row, { id, probabilities }] of fold!.uncalibrated.entries()) {
        const alone = members.map((test_) => test_[row]!);
        expect(alone.map((prediction) => prediction.id)).toEqual(runs.map(() => id));
        if (method === "weights") continue;
        const expected = combine(
          { method },
          alone.map((prediction) => prediction.probabilities),
        );
        expect(probabilities).toEqual(expected.map((p) => expect.closeTo(p, 5)));
      }
      const states = await Promise.all(
        runs.map(async (run) => (await readRun(inRoot(run))).folds[0]!),
      );
      expect(fold!.state.parameters).toBe(
        states.reduce((sum, { state }) => sum + state.parameters!, 0),
      );
    },
  );
});

/** Of a run's first fold, at its temperature. */
async function validationLoss(name: string): Promise<number> {
  const { validation, temperature } = (await readRun(inRoot(name))).folds[0]!;
  const logs = validation.map((prediction) =>
    Math.log(withTemperature(prediction, temperature).probabilities[prediction.actual]!),
  );
  return -logs.reduce((a, b) => a + b, 0) / logs.length;
}

test("fitted weights have a validation loss of at most each member's", async () => {
  const members = await Promise.all(["gru", "gru-2", "tfidf"].map(validationLoss));
  expect(await validationLoss("three-weights")).toBeLessThan(Math.min(...members) + 1e-3);
});

test("robustness tests are combined, with the plain words for a run without them", async () => {
  const { folds } = await readRun(inRoot("three-mean"));
  const [fold] = folds;
  const worse = fold!.robustnessTests.get("missing")!;
  expect(worse.map(({ id }) => id)).toEqual(fold!.test.map(({ id }) => id));
  expect(worse).not.toEqual(fold!.test);
});

test("models with words do not fit into one file, which is said once", async () => {
  const messages = await combineInto("two-mean", ["gru", "gru-2"]);
  expect(messages.filter((text) => text.startsWith("No model file is written."))).toHaveLength(1);
  expect(await readdir(foldFolder(inRoot("two-mean"), 1))).not.toContain("model.onnx");
});

test("the same combination can be repeated in its folder, any other not", async () => {
  const before = await testOf("three-mean");
  await combineInto("three-mean", ["gru", "gru-2", "tfidf"]);
  expect(await testOf("three-mean")).toEqual(before);
  const refused = { code: "run-invalid" };
  const again = (runs: readonly string[], method?: CombinationMethod) =>
    combineInto("three-mean", runs, method);
  await expect(again(["gru", "gru-2"])).rejects.toMatchObject(refused);
  await expect(again(["gru", "gru-2", "tfidf"], "vote")).rejects.toMatchObject(refused);
  await expect(combineInto("gru", ["gru-2", "tfidf"])).rejects.toMatchObject(refused);
  expect((await readRunInfo(inRoot("gru"))).combined).toBeUndefined();
});

test.each([[["gru"]], [[]], [["gru", "gru"]], [["gru", "gru-2", "../gru"]]])(
  "%j are not two or more runs",
  async (runs) => {
    const folders = runs.map((run) => run.replace("../gru", join("tfidf", "..", "gru")));
    await expect(combineInto("few", folders)).rejects.toMatchObject({ code: "usage" });
  },
);

test("a combination can be combined again", async () => {
  await combineInto("nested", ["two-mean", "tfidf"]);
  expect(await testOf("nested")).toHaveLength(2);
});

describe("runs that do not belong together are refused:", () => {
  const refused = { code: "run-invalid" };

  test("of another corpus", async () => {
    await trainOn("elsewhere", gru, "other");
    await expect(combineInto("bad", ["gru", "elsewhere"])).rejects.toMatchObject(refused);
  });

  test("of other labels", async () => {
    await write("main", [...rows, "what a mess,angry,train"]);
    await trainOn("more-labels", tfidf);
    await write("main", rows);
    await expect(combineInto("bad", ["gru", "more-labels"])).rejects.toMatchObject(refused);
  });

  test("of other test clips, of which one may have been trained on", async () => {
    await write("main", [...rows.slice(0, -1), "too bad,sad,train", "so sad,sad,test"]);
    await trainOn("other-tests", tfidf);
    await write("main", rows);
    await expect(combineInto("bad", ["gru", "other-tests"])).rejects.toMatchObject(refused);
    await expect(readRunInfo(inRoot("bad"))).rejects.toMatchObject({ code: "file-not-found" });
  });

  test("of predictions that are no longer whole", async () => {
    const path = join(foldFolder(inRoot("tfidf"), 1), "predictions.csv");
    const whole = await readFile(path, "utf8");
    await writeFile(path, whole.slice(0, whole.lastIndexOf("\n", whole.length - 2) + 1));
    await expect(combineInto("torn", ["gru", "tfidf"])).rejects.toMatchObject(refused);
    await writeFile(path, whole);
  });
});
