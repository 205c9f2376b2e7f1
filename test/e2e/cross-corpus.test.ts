/** A model that was trained on one corpus, tested on another that shares three of its emotions. */
import { access, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { loadAudio } from "../../src/audio/load.node.ts";
import { exitCodes } from "../../src/cli/exit-codes.ts";
import type { Clip } from "../../src/datasets/manifest.ts";
import { readCorpus } from "../../src/datasets/read-corpus.ts";
import { synthesizeCorpus } from "../../src/datasets/synthetic.ts";
import { writeClipTable } from "../../src/datasets/write-table.ts";
import { cutWindow } from "../../src/models/cut-window.ts";
import { readLog } from "../../src/reports/leaderboard/results-log.ts";
import { evaluateRun } from "../../src/runs/evaluate-run.ts";
import { parseExperiment } from "../../src/recipes/recipe.ts";
import { existingRun } from "../../src/runs/resume-run.ts";
import { readRunInfo } from "../../src/runs/run-folder.ts";
import { testModel, type TestRequest } from "../../src/runs/test-model.ts";
import type { RunOptions } from "../../src/runs/training-request.ts";
import { nodeRuntime } from "../../src/graph/runtime.node.ts";
import { loadModel } from "../../src/models/load-model.ts";
import type { Progress } from "../../src/shared/logger.ts";
import { undertone } from "../support/command-line.ts";
import { tinyFeatures } from "../support/tiny-features.ts";
import { loudnessModelFile } from "../support/loudness-model.ts";

const tiny = {
  name: "tiny",
  protocol: "leave-one-speaker-out",
  validationSpeakers: 1,
  seed: 3,
  features: { ...tinyFeatures, window: "speech" },
  model: { kind: "audio-cnn", channels: [4], hidden: 8 },
  training: { epochs: 2, batchSize: 8 },
};
const known = ["neutral", "happy", "sad", "angry", "fearful"];
const asked = ["happy", "angry", "fearful", "surprised"];
const shared = ["happy", "angry", "fearful"];

let root = "";
let model = "";
const inRoot = (...names: string[]): string => join(root, ...names);

/** A corpus of synthesized speech in a table that names clips of these emotions. */
async function writeCorpus(name: string, emotions: readonly string[], seed: number): Promise<void> {
  await synthesizeCorpus(inRoot(`${name}-clips`), { speakers: 3, clipsPerEmotion: 2, seed });
  await writeClipTable(inRoot(`${name}.jsonl`), await clipsOf(name, emotions));
}

async function clipsOf(name: string, emotions: readonly string[]): Promise<Clip[]> {
  const { clips } = await readCorpus(inRoot(`${name}-clips`));
  const wanted = clips.filter(({ emotion }) => emotions.includes(emotion));
  return wanted.map((clip) => ({ ...clip, corpus: name }));
}

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "undertone-cross-"));
  vi.stubEnv("XDG_CACHE_HOME", inRoot("cache"));
  await writeCorpus("home", known, 1);
  await writeCorpus("away", asked, 2);
  await writeFile(inRoot("tiny.json"), JSON.stringify(tiny));
  const where = ["--data", inRoot("home.jsonl"), "--out", inRoot("trained"), "--folds", "1"];
  const { exitCode, stderr } = await undertone("train", inRoot("tiny.json"), ...where);
  if (exitCode !== 0) throw new Error(stderr);
  model = inRoot("trained", "fold-1", "model.onnx");
});

afterAll(async () => {
  vi.unstubAllEnvs();
  await rm(root, { recursive: true, force: true });
});

/** Tests the model in this process. */
function testHere(run: string, data: string, changes: Partial<TestRequest & RunOptions> = {}) {
  const { model: file = model, ...options } = changes;
  const facts = { command: "test", versions: {}, machine: {} };
  return testModel(
    {
      model: file,
      data: inRoot(data),
      runFolder: inRoot(run),
      cacheFolder: inRoot("features"),
      facts,
    },
    {
      runtime: nodeRuntime,
      openEncoder: () => Promise.reject(new Error("not asked for")),
      onProgress: () => {},
      logger: { info: () => {}, warn: () => {} },
      threads: 1,
      ...options,
    },
  );
}

test("a test writes a run folder with the terms of the test", async () => {
  const common = ["--data", inRoot("away.jsonl"), "--out", inRoot("tested")];
  const { exitCode, stdout, stderr } = await undertone("test", model, ...common);
  expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
  expect(stderr).toContain("Model tiny, trained on home. Corpus away: 18 clips of 3 speakers");
  expect(stderr).toMatch(/^clips: 18\/18 clips/m);
  expect(stdout).toContain(
    "tiny: away, protocol cross-corpus, 1 fold, 18 test clips of 3 speakers",
  );
  expect(stdout).toContain(
    "Trained on home. Tested on happy, angry, fearful. Not tested, since no clip has it: neutral, sad. " +
      "6 clips left out: surprised, which the model does not know.",
  );
  expect(stdout).toMatch(/^chance +33\.3/m);

  const files = await readdir(inRoot("tested"), { recursive: true });
  expect(files.toSorted()).toEqual([
    "evaluation.json",
    "fold-1",
    "fold-1/calibration.json",
    "fold-1/fold.json",
    "fold-1/predictions.csv",
    "fold-1/split.json",
    "report.html",
    "run.json",
  ]);
  const info = await readRunInfo(inRoot("tested"));
  expect(info).toMatchObject({ name: "tiny", seed: 3, corpus: "away", labels: shared });
  expect(info.tested).toMatchObject({ trainedOn: ["home"], knownLabels: known });
  const report = await readFile(inRoot("tested", "report.html"), "utf8");
  expect(report).toContain("The model was trained on home and on no clip of this corpus.");
  expect(report).toContain("6: surprised, which the model does not know");
});

test("the predictions are those of the model file, among the shared labels", async () => {
  const { test: predictions } = await evaluateRun(inRoot("tested"));
  const { clips } = await readCorpus(inRoot("away.jsonl"));
  const length = tinyFeatures.frames * tinyFeatures.hopLength;
  const window = { ...tinyFeatures, length, place: "speech" } as const;
  const file = await loadModel(await readFile(model), nodeRuntime);
  for (const { id, actual, probabilities } of predictions) {
    const clip = clips.find((candidate) => candidate.id === id)!;
    expect(shared[actual]).toBe(clip.emotion);
    const { samples } = await loadAudio(clip.path, { sampleRate: 8000 });
    const [output] = await file.predict([cutWindow(samples, window)]);
    const chosen = shared.map((label) => output!.probabilities[file.card.labels.indexOf(label)]!);
    const total = chosen.reduce((a, b) => a + b, 0);
    for (const [label, p] of chosen.entries())
      expect(probabilities[label]).toBeCloseTo(p / total, 5);
  }
  await file.close();
});

test("evaluate prints the same again, and results tell it apart from scores of the training corpus", async () => {
  const printed = await undertone("evaluate", inRoot("tested"), "--json");
  const before = JSON.parse(await readFile(inRoot("tested", "evaluation.json"), "utf8"));
  expect(JSON.parse(printed.stdout)).toEqual(before);
  expect(before).toMatchObject({ tested: { trainedOn: ["home"] }, leaky: false });
  const page = inRoot("results.md");
  await undertone("results", inRoot("trained"), inRoot("tested"), "--out", page);
  const [held, crossed] = (await readFile(page, "utf8")).split("## Cross-corpus");
  expect(held).toMatch(/## home, protocol `leave-one-speaker-out`[^]*\| tiny /);
  expect(crossed).toMatch(/\| home +\| away +\| tiny /);
  expect(await readLog(inRoot("results-log.jsonl"))).toHaveLength(2);
});

/** A table of these rows and two clips that are not there. */
async function writeLost(name: string, rows: readonly string[]): Promise<void> {
  const lost = ["happy", "angry"].map((emotion, index) =>
    JSON.stringify({ path: `gone-${index}.wav`, emotion, speaker: "x" }),
  );
  await writeFile(inRoot(name), [...rows, ...lost].join("\n"));
}

test("clips that cannot be read are named and left out; a test of nothing else is none", async () => {
  const rows = (await readFile(inRoot("away.jsonl"), "utf8")).trim().split("\n");
  await writeLost("part.jsonl", rows);
  const warnings: string[] = [];
  const logger = { info: () => {}, warn: (message: string) => warnings.push(message) };
  await testHere("part", "part.jsonl", { logger });
  expect(warnings).toHaveLength(2);
  expect(warnings[0]).toMatch(/^gone-0\.wav is left out\. .*no such file/);
  const { info, scores } = await evaluateRun(inRoot("part"));
  expect(scores.clips).toBe(18);
  expect(info.tested!.leftOut).toContainEqual({ reason: "cannot be read", count: 2 });

  await writeLost("gone.jsonl", []);
  await expect(testHere("gone", "gone.jsonl")).rejects.toMatchObject({
    code: "dataset-invalid",
    message: expect.stringContaining("none of its 2 clips can be read"),
  });
  await expect(access(inRoot("gone"))).rejects.toThrow("ENOENT");
});

test("the corpus that a model was trained on is refused, and so is what is no model", async () => {
  await expect(testHere("leak", "home.jsonl")).rejects.toMatchObject({
    code: "split-leaks",
  });
  const none = testHere("none", "away.jsonl", { model: inRoot("home.jsonl") });
  await expect(none).rejects.toMatchObject({
    code: "model-invalid",
    message: expect.stringContaining("home.jsonl: "),
  });
});

test("the same test may be made again, and a folder of any other run is left as it is", async () => {
  const before = await readFile(inRoot("tested", "fold-1", "predictions.csv"), "utf8");
  await testHere("tested", "away.jsonl");
  expect(await readFile(inRoot("tested", "fold-1", "predictions.csv"), "utf8")).toBe(before);
  await expect(testHere("trained", "away.jsonl")).rejects.toMatchObject({
    code: "run-invalid",
    message: expect.stringContaining("holds a training run"),
  });
  const experiment = await parseExperiment(tiny, "tiny");
  const training = existingRun({ runFolder: inRoot("tested"), experiment, resume: true });
  await expect(training).rejects.toMatchObject({
    code: "run-invalid",
    message: expect.stringContaining("holds a test of a finished model"),
  });
});

test("a model that does not say what it was trained on is tested with a warning", async () => {
  await writeFile(inRoot("loudness.onnx"), loudnessModelFile());
  await writeClipTable(inRoot("loud.jsonl"), await clipsOf("away", ["angry", "sad"]));
  await testHere("loud", "loud.jsonl", { model: inRoot("loudness.onnx") });
  const { warnings } = await evaluateRun(inRoot("loud"));
  expect(warnings).toEqual([expect.stringContaining("does not say what it was trained on")]);
  await expect(testHere("loud", "loud.jsonl")).rejects.toMatchObject({
    code: "run-invalid",
    message: expect.stringContaining("holds a test of another model (loudness on loud)"),
  });
});

test("a test that is cancelled leaves no folder", async () => {
  const controller = new AbortController();
  const onProgress = ({ done }: Progress): void => {
    if (done === 5) controller.abort();
  };
  const testing = testHere("cancelled", "away.jsonl", { onProgress, signal: controller.signal });
  await expect(testing).rejects.toMatchObject({ code: "cancelled" });
  await expect(access(inRoot("cancelled"))).rejects.toThrow("ENOENT");
});

test("a test under conditions prints what each one costs, and writes it", async () => {
  await writeFile(inRoot("steady.onnx"), loudnessModelFile());
  const few = (await clipsOf("away", ["angry", "surprised"])).slice(0, 3);
  await writeClipTable(
    inRoot("few.jsonl"),
    few.map((clip, index) => ({ ...clip, emotion: index % 2 === 0 ? "angry" : "sad" })),
  );
  const words = ["test", inRoot("steady.onnx"), "--data", inRoot("few.jsonl"), "--conditions"];
  const { exitCode, stdout, stderr } = await undertone(...words, "--out", inRoot("worse"));
  expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
  expect(stdout).toMatch(/^clean +\d+\.\d/m);
  expect(stdout).toMatch(/^noise 10 dB +\d+\.\d/m);
  expect(stderr).toMatch(/^clips under conditions: 33\/33 clips/m);
  expect((await readdir(inRoot("worse"))).toSorted()).toEqual([
    "conditions.json",
    "conditions.md",
    "conditions.svg",
  ]);
  const again = await undertone(...words, "--json", "--out", inRoot("again"));
  expect(again.stdout).toBe(await readFile(inRoot("worse", "conditions.json"), "utf8"));
});

test("cross-corpus prints the scores by reference, and writes the page", async () => {
  const page = inRoot("world.md");
  const words = ["cross-corpus", model, "--data", inRoot("away.jsonl"), "--out", page];
  const { exitCode, stdout, stderr } = await undertone(...words);
  expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
  expect(stdout).toMatch(/^tiny +away +recording +\d+\.\d/m);
  const written = await readFile(page, "utf8");
  expect(written).toContain("- tiny on away: trained on home.");
  expect(written).toMatch(/\| tiny +\| away +\| none +\| +\d+\.\d/);
  expect((await undertone("cross-corpus", model)).exitCode).toBe(exitCodes.usage);
});
