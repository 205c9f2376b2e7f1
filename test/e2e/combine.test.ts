/** Runs of sound models, combined into a run with a model file of its own. */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { loadAudio } from "../../src/audio/load.node.ts";
import { readCorpus } from "../../src/datasets/read-corpus.ts";
import { synthesizeCorpus } from "../../src/datasets/synthetic.ts";
import { writeClipTable } from "../../src/datasets/write-table.ts";
import { fitTemperature } from "../../src/evaluation/calibration.ts";
import type { CombinationMethod } from "../../src/models/combination.ts";
import { cutWindow } from "../../src/models/cut-window.ts";
import { loadModel } from "../../src/models/load-model.ts";
import { readModelCard } from "../../src/models/model-card.ts";
import { combineRuns } from "../../src/runs/combine-runs.ts";
import { evaluateRun } from "../../src/runs/evaluate-run.ts";
import { readProvenance } from "../../src/runs/provenance.ts";
import { readFoldModel, readRunInfo } from "../../src/runs/run-folder.ts";
import { nodeRuntime } from "../../src/graph/runtime.node.ts";
import { tinyFeatures } from "../support/tiny-features.ts";
import { testFacts, testOptions, train } from "../support/training.ts";

let root = "";
const inRoot = (...names: string[]): string => join(root, ...names);

interface Choices {
  readonly dropout?: number;
  readonly protocol?: string;
  readonly extraData?: readonly string[];
  readonly calibrateFrom?: string;
}

function trainInto(
  name: string,
  { dropout = 0.2, protocol = "speaker-folds", extraData = [], calibrateFrom }: Choices = {},
): Promise<string> {
  const recipe = {
    name: dropout === 0.2 ? "one" : "other",
    protocol,
    validationSpeakers: 1,
    features: tinyFeatures,
    training: { epochs: 4, batchSize: 16, learningRate: 0.01 },
    model: { kind: "audio-cnn", channels: [4, 8], hidden: 8, dropout },
  };
  return train({
    recipe,
    data: inRoot("corpus"),
    runFolder: inRoot(name),
    extraData: extraData.map((table) => inRoot(table)),
    cacheFolder: inRoot("features"),
    calibrateFrom: calibrateFrom && inRoot(calibrateFrom),
  });
}

async function combineInto(
  name: string,
  runs: readonly string[],
  { method = "mean", calibrateFrom }: { method?: CombinationMethod; calibrateFrom?: string } = {},
): Promise<readonly string[]> {
  const { logger, messages } = testOptions();
  const request = {
    name,
    method,
    runFolder: inRoot(name),
    calibrateFrom: calibrateFrom && inRoot(calibrateFrom),
    facts: testFacts,
  };
  await combineRuns({ ...request, runs: runs.map((run) => inRoot(run)) }, logger);
  return messages;
}

const modelOf = async (name: string): Promise<Uint8Array> =>
  (await readFoldModel(inRoot(name), 1))!;
const temperatureIn = async (name: string): Promise<number> =>
  readModelCard(await modelOf(name)).temperature;

/** The temperature that fits the test clips of a run. */
async function fittedTemperature(name: string): Promise<number> {
  const { folds } = await evaluateRun(inRoot(name));
  return fitTemperature(folds.flatMap(({ uncalibrated }) => uncalibrated)).temperature;
}

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "undertone-combine-"));
  await synthesizeCorpus(inRoot("corpus"), { speakers: 5, clipsPerEmotion: 1, seed: 1 });
  await synthesizeCorpus(inRoot("more"), { speakers: 2, clipsPerEmotion: 1, seed: 2 });
  const { clips: more } = await readCorpus(inRoot("more"));
  const beside = more.map((clip) => ({ ...clip, corpus: "beside" }));
  await writeClipTable(inRoot("beside.jsonl"), beside);
  await trainInto("one");
  await trainInto("other", { dropout: 0.1 });
});
afterAll(() => rm(root, { recursive: true, force: true }));

test.each(["mean", "logits", "weights"] as const)(
  "the model file of the method %s predicts what the run holds",
  async (method) => {
    await combineInto(method, ["one", "other"], { method });
    const { folds, info } = await evaluateRun(inRoot(method));
    const { clips } = await readCorpus(inRoot("corpus"));
    const paths = new Map(clips.map(({ id, path }) => [id, path]));
    const loaded = await loadModel(await modelOf(method), nodeRuntime, { threads: 1 });
    const [first] = folds;
    const length = tinyFeatures.frames * tinyFeatures.hopLength;
    expect(first!.test.length).toBeGreaterThan(0);
    for (const { id, probabilities } of first!.test) {
      const { samples } = await loadAudio(paths.get(id)!, tinyFeatures);
      const window = cutWindow(samples, { ...tinyFeatures, length, place: "start" });
      const [output] = await loaded.predict([window]);
      for (const [label, p] of probabilities.entries())
        expect(output!.probabilities[label]).toBeCloseTo(p, 4);
    }
    await loaded.close();
    expect(loaded.card).toMatchObject({
      name: method,
      labels: info.labels,
      temperature: first!.temperature,
      provenance: { corpora: ["synthetic"], protocol: "speaker-folds", fold: 1, method },
    });
    expect(loaded.card.provenance["members"]).toMatchObject([{ name: "one" }, { name: "other" }]);
  },
);

test("a vote has predictions and no model file", async () => {
  const messages = await combineInto("vote", ["one", "other"], { method: "vote" });
  expect(messages).toContainEqual(expect.stringMatching(/^No model file is written\. A vote/));
  expect(await readFoldModel(inRoot("vote"), 1)).toBeUndefined();
  expect((await evaluateRun(inRoot("vote"))).scores.clips).toBe(40);
});

test("a combination of models of all speakers is calibrated by that of runs by folds", async () => {
  await trainInto("one-all", { protocol: "all", calibrateFrom: "one" });
  await trainInto("other-all", { dropout: 0.1, protocol: "all", calibrateFrom: "other" });
  await combineInto("both-all", ["one-all", "other-all"], { calibrateFrom: "mean" });
  expect(await temperatureIn("both-all")).toBe(await fittedTemperature("mean"));
  for (const name of ["one", "other"])
    expect(await temperatureIn(`${name}-all`)).toBe(await fittedTemperature(name));
  expect(await temperatureIn("both-all")).not.toBe(await temperatureIn("one-all"));
});

test.each([
  ["another method", ["one-all", "other-all"], "logits"],
  ["other members", ["one-all", "other-all"], "one"],
])("a combination of %s calibrates nothing", async (_, runs, calibrateFrom) => {
  await expect(combineInto("uncalibrated", runs, { calibrateFrom })).rejects.toMatchObject({
    code: "run-invalid",
  });
});

test("a run of another recipe calibrates nothing", async () => {
  const alone = trainInto("alone-all", { protocol: "all", calibrateFrom: "other" });
  await expect(alone).rejects.toMatchObject({ code: "run-invalid" });
});

test("the corpora of extra data are those of the combination too", async () => {
  await trainInto("with-extra", { extraData: ["beside.jsonl"] });
  await combineInto("both-extra", ["with-extra", "other"]);
  const { extraData } = await readRunInfo(inRoot("both-extra"));
  expect(extraData).toMatchObject([{ corpus: "beside", clips: 16 }]);
  const card = readModelCard(await readFile(inRoot("both-extra", "fold-1", "model.onnx")));
  expect(readProvenance(card).corpora).toEqual(["synthetic", "beside"]);
});
