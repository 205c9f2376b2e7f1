import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { loadAudio } from "../../src/audio/load.node.ts";
import { readCorpus } from "../../src/datasets/read-corpus.ts";
import { synthesizeCorpus } from "../../src/datasets/synthetic.ts";
import { writeClipTable } from "../../src/datasets/write-table.ts";
import { fitTemperature } from "../../src/evaluation/calibration.ts";
import { cutWindow } from "../../src/runs/cut-window.ts";
import { evaluateRun } from "../../src/runs/evaluate-run.ts";
import { readProvenance } from "../../src/runs/provenance.ts";
import { parseRecipe } from "../../src/runs/recipe.ts";
import { readFoldModel, readRunInfo } from "../../src/runs/run-folder.ts";
import { trainRun } from "../../src/runs/train-run.ts";
import { nodeRuntime } from "../../src/graph/runtime.node.ts";
import { loadModel } from "../../src/models/load-model.ts";
import { readModelCard } from "../../src/models/model-card.ts";
import { tinyFeatures } from "../support/tiny-features.ts";

const setting = {
  description: "At its smallest.",
  protocol: "speaker-folds",
  validationSpeakers: 1,
  features: tinyFeatures,
  training: { epochs: 6, batchSize: 16, learningRate: 0.01 },
};
const member = (name: string, dropout: number): object => ({
  ...setting,
  name,
  model: { kind: "audio-cnn", channels: [4, 8], hidden: 8, dropout },
});
const model = { kind: "ensemble", members: [member("one", 0.2), member("other", 0.1)] };

let root = "";

const unasked = (): Promise<never> => Promise.reject(new Error("not asked for"));

async function temperatureIn(runFolder: string): Promise<number> {
  return readModelCard((await readFoldModel(runFolder, 1))!).temperature;
}

interface Choices {
  readonly model?: object;
  readonly data?: string;
  readonly protocol?: string;
  readonly companions?: readonly string[];
  readonly calibrateFrom?: string;
}

async function train(name: string, given: Choices = {}): Promise<string> {
  const { protocol = setting.protocol, companions = [], calibrateFrom, data = "corpus" } = given;
  const runFolder = join(root, "runs", name);
  await trainRun(
    {
      recipe: parseRecipe({ ...setting, name, model: given.model ?? model, protocol }, name),
      data: join(root, data),
      runFolder,
      companions: companions.map((folder) => join(root, folder)),
      cacheFolder: join(root, "features"),
      resume: true,
      calibrateFrom,
      facts: { command: "test", versions: {}, machine: {} },
    },
    {
      runtime: nodeRuntime,
      openSentenceEncoder: unasked,
      openTranscriber: unasked,
      encoderFile: unasked,
      openEncoder: unasked,
      onProgress: () => {},
      logger: { info: () => {}, warn: () => {} },
      threads: 1,
    },
  );
  return runFolder;
}

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "undertone-ensemble-"));
  await synthesizeCorpus(join(root, "corpus"), { speakers: 5, clipsPerEmotion: 1, seed: 1 });
  await synthesizeCorpus(join(root, "more"), { speakers: 2, clipsPerEmotion: 1, seed: 2 });
  const { clips } = await readCorpus(join(root, "corpus"));
  await writeClipTable(join(root, "elsewhere.jsonl"), clips);
  await writeClipTable(join(root, "beside.jsonl"), (await readCorpus(join(root, "more"))).clips);
});
afterAll(() => rm(root, { recursive: true, force: true }));

test("its file says of a clip what the run has written down", async () => {
  const run = await train("both");
  const { folds, info } = await evaluateRun(run);
  const { clips } = await readCorpus(join(root, "corpus"));
  const paths = new Map(clips.map(({ id, path }) => [id, path]));
  const loaded = await loadModel((await readFoldModel(run, 1))!, nodeRuntime, { threads: 1 });
  const [first] = folds;
  expect(first!.test.length).toBeGreaterThan(0);
  for (const { id, probabilities } of first!.test) {
    const { samples } = await loadAudio(paths.get(id)!, tinyFeatures);
    const window = cutWindow(samples, { ...tinyFeatures, window: "start" });
    const [said] = await loaded.judge([window]);
    for (const [label, p] of probabilities.entries()) {
      expect(said!.probabilities[label]).toBeCloseTo(p, 4);
    }
  }
  await loaded.close();
  expect(loaded.card).toMatchObject({
    name: "both",
    labels: info.labels,
    temperature: first!.temperature,
    provenance: { corpus: "synthetic", protocol: "speaker-folds", fold: 1, command: "test" },
  });
});

test("a model of all speakers is calibrated by the run by folds, and so is each member", async () => {
  const folds = join(root, "runs", "both");
  const run = await train("both-all", { protocol: "all", calibrateFrom: folds });
  const expected = async (name: string): Promise<number> =>
    fitTemperature(
      (await evaluateRun(join(root, "runs", name))).folds.flatMap(
        ({ uncalibrated }) => uncalibrated,
      ),
    ).temperature;
  expect(await temperatureIn(run)).toBe(await expected("both"));
  for (const name of ["one", "other"]) {
    const own = await temperatureIn(join(root, "runs", `${name}-all`));
    expect(own).toBe(await expected(`${name}-speaker-folds`));
    expect(own).not.toBe(await temperatureIn(run));
  }
});

test.each<[string, Choices, message: RegExp]>([
  ["members of another corpus", { data: "elsewhere.jsonl" }, /other clips than/],
  ["seeds that draw the folds", { model: { ...model, seeds: 2 } }, /Take one seed/],
  [
    "two members of one name",
    { model: { ...model, members: [member("third", 0.2), member("third", 0.1)] } },
    /two members of the name third/,
  ],
])("refuses %s before the first is trained", async (_, choices, message) => {
  const before = await readdir(join(root, "runs"));
  await expect(train("refused", choices)).rejects.toThrow(message);
  expect(await readdir(join(root, "runs"))).toEqual(before);
});

test("a run of another recipe calibrates nothing", async () => {
  const calibrateFrom = join(root, "runs", "one-speaker-folds");
  const alone = train("alone-all", {
    model: { ...model, members: [member("other", 0.1)] },
    protocol: "all",
    calibrateFrom,
  });
  await expect(alone).rejects.toMatchObject({
    code: "run-invalid",
    message: expect.stringMatching(/cannot calibrate this model: its recipe is another/),
  });
});

test("a member's fold that is no longer whole is named, with what helps", async () => {
  const folder = join(root, "runs", "one-speaker-folds", "fold-2");
  const remedy = `Remove ${folder}, and the fold is trained again.`;
  const refused = { message: expect.stringContaining(remedy) };
  for (const [file, share] of [
    ["model.onnx", 0.5],
    ["predictions.csv", 0.9],
  ] as const) {
    const path = join(folder, file);
    const whole = await readFile(path);
    const cut = whole.subarray(0, whole.lastIndexOf("\n", share * whole.length) + 1);
    await writeFile(path, cut);
    await expect(train("both")).rejects.toMatchObject(refused);
    await writeFile(path, whole);
  }
  await expect(train("both")).resolves.toBe(join(root, "runs", "both"));
});

test("folds without run.json are not taken for another run's", async () => {
  const run = join(root, "runs", "both");
  const info = await readFile(join(run, "run.json"));
  await rm(join(run, "run.json"));
  await expect(train("both")).rejects.toMatchObject({ code: "run-invalid" });
  await writeFile(join(run, "run.json"), info);
});

test("companions teach its members; a member that learned without them is not taken", async () => {
  const refused = { code: "run-invalid", message: expect.stringContaining("companions") };
  await expect(train("late", { companions: ["beside.jsonl"] })).rejects.toMatchObject(refused);
  await rm(join(root, "runs"), { recursive: true });
  const run = await train("both", { companions: ["beside.jsonl"] });
  const { companions } = await readRunInfo(run);
  expect(new Set(companions!.map(({ corpus }) => corpus))).toEqual(new Set(["beside"]));
  const card = readModelCard(await readFile(join(run, "fold-1", "model.onnx")));
  expect(readProvenance(card).trainedOn).toEqual(["synthetic", "beside"]);
});
