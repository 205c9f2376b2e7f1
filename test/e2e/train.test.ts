import type { ChildProcess } from "node:child_process";
import { cp, mkdtemp, readFile, readdir, rm, stat, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { loadAudio } from "../../src/audio/load.node.ts";
import { exitCodes } from "../../src/cli/exit-codes.ts";
import { readCorpus } from "../../src/datasets/read-corpus.ts";
import { synthesizeCorpus } from "../../src/datasets/synthetic.ts";
import { fitTemperature, withTemperature } from "../../src/evaluation/calibration.ts";
import { readMetrics } from "../../src/runs/epoch-metrics.ts";
import { readPredictions } from "../../src/runs/predictions-file.ts";
import { evaluateRun } from "../../src/runs/evaluate-run.ts";
import {
  foldFolder,
  readCalibration,
  readFoldState,
  readRunInfo,
  readSplit,
} from "../../src/runs/run-folder.ts";
import { nodeRuntime } from "../../src/graph/runtime.node.ts";
import { cutWindow } from "../../src/models/cut-window.ts";
import { meanLogits } from "../../src/models/speaker-adaptation.ts";
import { loadModel } from "../../src/models/load-model.ts";
import { readModelCard } from "../../src/models/model-card.ts";
import { finish, startUndertone, undertone } from "../support/command-line.ts";
import { tinyFeatures } from "../support/tiny-features.ts";

const tiny = {
  name: "tiny",
  protocol: "leave-one-speaker-out",
  validationSpeakers: 1,
  features: { ...tinyFeatures, window: "speech" },
  model: { kind: "audio-cnn", channels: [4, 8], hidden: 16, dropout: 0.2 },
  training: {
    epochs: 3,
    batchSize: 8,
    emaDecay: 0.9,
    mixupAlpha: 0.2,
    augmentation: { views: 1, snrDb: [10, 30], speed: [0.9, 1.1] },
    specAugment: { maxFrequencyWidth: 3, maxTimeWidth: 5 },
  },
};

let root = "";
let corpus = "";
let recipe = "";

/** The words of a training of the first fold into a folder of that name. */
const words = (run: string, ...options: string[]): string[] => {
  const common = ["--data", corpus, "--out", join(root, run), "--folds", "1"];
  return ["train", recipe, ...common, ...options];
};
const fold = (run: string): string => foldFolder(join(root, run), 1);
const weightsOf = async (run: string): Promise<string | undefined> =>
  (await readFoldState(fold(run)))?.weightsSha256;
const epochsOf = async (run: string): Promise<number[]> =>
  (await readMetrics(fold(run))).map(({ epoch }) => epoch);

async function writeRecipe(name: string, changes: object): Promise<string> {
  const path = join(root, `${name}.json`);
  await writeFile(path, JSON.stringify({ ...tiny, ...changes }));
  return path;
}

/** Waits for a condition while a process runs. */
async function until(condition: () => Promise<boolean>, running: ChildProcess): Promise<void> {
  while (!(await condition())) {
    if (running.exitCode !== null) throw new Error("The process ended before what was waited for.");
    await delay(2);
  }
}

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "undertone-train-"));
  vi.stubEnv("XDG_CACHE_HOME", join(root, "cache"));
  corpus = join(root, "corpus");
  await synthesizeCorpus(corpus, { speakers: 4, clipsPerEmotion: 2, seed: 1 });
  recipe = await writeRecipe("tiny", {});
});

afterAll(async () => {
  vi.unstubAllEnvs();
  await rm(root, { recursive: true, force: true });
});

test("a run folder holds the results of the run", async () => {
  const { exitCode, stdout, stderr } = await undertone(...words("whole"));
  expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
  expect(stderr).toContain("Recipe tiny on synthetic: 64 clips of 4 speakers.");
  expect(stderr).toContain("leave-one-speaker-out, fold 1, up to 3 epochs each, seed 1.");
  expect(stderr).toContain(
    "Fold 1: train 32 clips of 2 speakers, validation 16 clips of 1 speaker, test 16 clips of 1 speaker.",
  );
  expect(stderr.match(/^fold 1 epoch \d: train loss .* UAR .* validation loss/gm)).toHaveLength(3);
  expect(stderr).toMatch(/^run: 96\/96 clips/m);
  expect(stderr).toMatch(
    /^Fold 1 is done: validation UAR .* %, test UAR .* %, 3 epochs, \d+ s\.$/m,
  );
  expect(stdout).toMatch(/^Test UAR \d+\.\d %.*Only 1 of 4 folds.*Report: .*report\.html\n$/s);

  const files = await readdir(join(root, "whole"), { recursive: true });
  expect(files.toSorted()).toEqual([
    "evaluation.json",
    "fold-1",
    "fold-1/calibration.json",
    "fold-1/fold.json",
    "fold-1/metrics.jsonl",
    "fold-1/model.onnx",
    "fold-1/predictions.csv",
    "fold-1/split.json",
    "report.html",
    "run.json",
  ]);
  const info = await readRunInfo(join(root, "whole"));
  expect(info).toMatchObject({ name: "tiny", corpus: "synthetic", folds: [1, 2, 3, 4] });
  expect(info.recipe).toMatchObject({
    training: { labelSmoothing: 0, optimizer: { beta2: 0.999 } },
  });
  expect(await epochsOf("whole")).toEqual([1, 2, 3]);
  expect(await readFile(join(root, "whole", "report.html"), "utf8")).toContain("<svg");
});

test("a program reads folder, scores and warnings of a run as JSON", async () => {
  const { stdout } = await undertone(...words("whole", "--resume", "--json"));
  expect(JSON.parse(stdout)).toMatchObject({
    format: 2,
    runFolder: join(root, "whole"),
    report: join(root, "whole", "report.html"),
    scores: { unweightedAverageRecall: { value: expect.any(Number) }, speakers: 1 },
    warnings: [expect.stringContaining("Only 1 of 4 folds")],
  });
});

test("the model file, fed with sound, predicts what predictions.csv holds", async () => {
  const length = tinyFeatures.frames * tinyFeatures.hopLength;
  const window = { ...tinyFeatures, length, place: "speech" } as const;
  const info = await readRunInfo(join(root, "whole"));
  const { test: predictions, validation } = await readPredictions(fold("whole"), info.labels);
  const { temperature } = await readCalibration(fold("whole"));
  const model = await loadModel(await readFile(join(fold("whole"), "model.onnx")), nodeRuntime);
  expect(model.card).toMatchObject({ labels: info.labels, sampleRate: 8000, temperature });
  const { clips } = await readCorpus(corpus);
  const outputsOf = async (some: typeof predictions) => {
    const paths = some.map(({ id }) => clips.find((clip) => clip.id === id)!.path);
    const sounds = await Promise.all(paths.map((path) => loadAudio(path, { sampleRate: 8000 })));
    return model.predict(sounds.map(({ samples }) => cutWindow(samples, window)));
  };
  const outputs = await outputsOf(predictions);
  const distances = (await outputsOf(validation)).map(({ distance }) => distance!);
  await model.close();
  expect(Math.min(...distances)).toBeCloseTo(model.card.distances![0]!, 3);
  expect(Math.max(...distances)).toBeCloseTo(model.card.distances!.at(-1)!, 3);
  expect(outputs).toHaveLength(16);
  for (const [index, prediction] of predictions.entries()) {
    const { probabilities } = withTemperature(prediction, temperature);
    const differences = probabilities.map((p, label) =>
      Math.abs(p - outputs[index]!.probabilities[label]!),
    );
    expect(Math.max(...differences)).toBeLessThan(1e-5);
  }
});

test("the same seed gives the same weights, another seed others", async () => {
  await undertone(...words("same"));
  await undertone(...words("other", "--seed", "2"));
  expect(await weightsOf("same")).toBe(await weightsOf("whole"));
  expect(await weightsOf("other")).toMatch(/^[0-9a-f]{64}$/);
  expect(await weightsOf("other")).not.toBe(await weightsOf("whole"));
});

test("killed, then stopped by Ctrl-C, then resumed, a run ends as one never stopped", async () => {
  const long = ["--epochs", "40"];
  await undertone(...words("unbroken", ...long));
  const checkpoint = join(fold("broken"), "checkpoint.bin");

  const killed = startUndertone(...words("broken", ...long));
  const afterKill = finish(killed);
  await until(() => exists(checkpoint), killed);
  killed.kill("SIGKILL");
  await afterKill;
  const saved = (await epochsOf("broken")).length;
  expect(saved).toBeLessThan(40);

  const stopped = startUndertone(...words("broken", ...long, "--resume"));
  const afterStop = finish(stopped);
  await until(async () => (await epochsOf("broken")).length > saved, stopped);
  stopped.kill("SIGINT");
  const { exitCode, stderr } = await afterStop;
  expect(exitCode).toBe(exitCodes.cancelled);
  expect(stderr).toMatch(/^Resuming fold 1 at epoch \d+\.$/m);
  expect(stderr).toContain("The same command continues after the last finished epoch");
  expect(await exists(checkpoint)).toBe(true);
  expect(await exists(`${fold("broken")}.lock`)).toBe(false);
  expect(await weightsOf("broken")).toBeUndefined();

  expect(await undertone(...words("broken", ...long, "--resume"))).toMatchObject({ exitCode: 0 });
  expect(await weightsOf("broken")).toBe(await weightsOf("unbroken"));
  expect(await epochsOf("broken")).toEqual(Array.from({ length: 40 }, (_, index) => index + 1));
  expect(await exists(checkpoint)).toBe(false);
  const predictions = (run: string): Promise<string> =>
    readFile(join(fold(run), "predictions.csv"), "utf8");
  expect(await predictions("broken")).toBe(await predictions("unbroken"));
});

test("of extra data that is the corpus under other names only training speakers are added", async () => {
  const { clips } = await readCorpus(corpus);
  const rows = clips.map(({ path, emotion, speakerId }) => `${path},${emotion},other-${speakerId}`);
  const extra = join(root, "renamed.csv");
  await writeFile(extra, ["path,emotion,speaker", ...rows].join("\n"));
  const { exitCode, stderr } = await undertone(...words("beside", "--extra-data", extra));
  expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
  expect(stderr).toContain("Extra data renamed: 64 clips for the training split.");
  expect(stderr).toContain(
    "Fold 1 leaves out 32 extra clips of a speaker whose recordings validation or test has.",
  );
  expect(stderr).toContain("Extra data: 32 clips.");
  expect(await weightsOf("beside")).not.toBe(await weightsOf("whole"));
  const { extraData } = await readRunInfo(join(root, "beside"));
  expect(extraData).toMatchObject([{ corpus: "renamed", clips: 64 }]);
});

test("two processes do not train one fold", async () => {
  const endless = ["--epochs", "60000"];
  const first = startUndertone(...words("shared", ...endless));
  const firstEnds = finish(first);
  await until(() => exists(`${fold("shared")}.lock`), first);
  const second = await undertone(...words("shared", ...endless, "--resume"));
  expect(second.exitCode).toBe(exitCodes.busy);
  expect(second.stderr).toContain("fold-1.lock");
  first.kill("SIGKILL");
  await firstEnds;
});

test.each([
  {
    what: "a folder that holds a run",
    given: () => words("whole"),
    code: "run-invalid",
    message: "by --resume",
  },
  {
    what: "a run of another recipe",
    given: () => words("whole", "--resume", "--epochs", "4"),
    code: "run-invalid",
    message: "training.epochs: 4 instead of 3",
  },
  {
    what: "an unknown fold",
    given: () => words("none").with(7, "5"),
    code: "usage",
    message: "There is no fold 5: this protocol has folds 1 to 4.",
  },
  {
    what: "a protocol for other data",
    given: () => words("none", "--protocol", "emobox"),
    code: "dataset-invalid",
    message: "RAVDESS's 24 actors",
  },
  {
    what: "a corpus that is not there",
    given: () => words("none").with(3, join(root, "nowhere")),
    code: "file-not-found",
    message: "nowhere: no such file",
  },
  {
    what: "a recipe that is not there",
    given: () => words("none").with(1, "nothing.json"),
    code: "file-not-found",
    message: "nothing.json: no such file",
  },
] as const)("$what is refused before any work", async ({ given, code, message }) => {
  const { exitCode, stdout, stderr } = await undertone(...given());
  expect({ exitCode, stdout }).toEqual({ exitCode: exitCodes[code], stdout: "" });
  expect(stderr).toContain(message);
  expect(stderr).not.toContain("features:");
  expect(await exists(join(root, "none"))).toBe(false);
});

test.each([
  ["a misspelt key", { training: { epoch: 3 } }, "training.epochs?"],
  ["a window longer than its transform", { features: { winLength: 2048 } }, "features.winLength"],
  ["too many poolings", { model: { ...tiny.model, channels: [4, 4, 4, 4, 4] } }, "do not fit"],
  [
    "nobody to stop early by",
    { validationSpeakers: 0, training: { earlyStopping: { patience: 2 } } },
    "validationSpeakers",
  ],
])("a recipe with %s is refused by name", async (_, changes, message) => {
  const path = await writeRecipe("wrong", changes);
  const { exitCode, stderr } = await undertone(...words("none").with(1, path));
  expect(exitCode).toBe(exitCodes["recipe-invalid"]);
  expect(stderr).toContain(message);
  expect(await exists(join(root, "none"))).toBe(false);
});

test("a damaged clip is named and left out; once mended, or another exchanged, it belongs to another run", async () => {
  const damaged = join(root, "damaged");
  await cp(corpus, damaged, { recursive: true });
  const clip = "00-01-05-01-01-01-01";
  const file = join(damaged, "Actor_01", `${clip}.wav`);
  await truncate(file, 20);
  const given = [
    "train",
    recipe,
    "--data",
    damaged,
    "--out",
    join(root, "partial"),
    "--folds",
    "1",
  ];
  const { exitCode, stderr } = await undertone(...given);
  expect(exitCode).toBe(0);
  expect(stderr).toMatch(new RegExp(`^${clip} is left out\\. .*${clip}\\.wav: `, "m"));
  expect(stderr).toContain("1 of 64 clips are left out.");
  const { train, validation, test: tested } = await readSplit(fold("partial"));
  expect([...train, ...validation, ...tested]).toHaveLength(63);
  expect([...train, ...validation, ...tested]).not.toContain(clip);

  const whole = join(corpus, "Actor_01", `${clip}.wav`);
  const other = (await readdir(join(damaged, "Actor_01"))).find((name) => !name.includes(clip))!;
  await cp(whole, join(damaged, "Actor_01", other));
  const exchanged = await undertone(...given, "--resume");
  expect(exchanged.exitCode).toBe(exitCodes["run-invalid"]);
  expect(exchanged.stderr).toContain("another content of the corpus");

  await cp(whole, file);
  await cp(join(corpus, "Actor_01", other), join(damaged, "Actor_01", other));
  const mended = await undertone(...given, "--resume");
  expect(mended.exitCode).toBe(exitCodes["run-invalid"]);
  expect(mended.stderr).toContain("fold 1 would get other clips");
});

test("a training that diverges keeps its last good checkpoint and says where", async () => {
  // One step an epoch; the first, at the start of the warm-up, still has a rate of 0.
  const schedule = { kind: "cosine", warmUpShare: 0.5 };
  const training = { epochs: 9, batchSize: 32, learningRate: 1e6, schedule };
  const path = await writeRecipe("steep", { name: "steep", training });
  const { exitCode, stderr } = await undertone(...words("steep").with(1, path));
  expect(exitCode).toBe(exitCodes["training-diverged"]);
  const checkpoint = join(fold("steep"), "checkpoint.bin");
  const saved = (await epochsOf("steep")).length;
  expect(saved).toBeGreaterThan(0);
  expect(stderr).toContain(`The checkpoint of epoch ${saved} is kept: ${checkpoint}.`);
  expect(stderr).toMatch(/Lower learningRate/);
  expect(await exists(checkpoint)).toBe(true);
});

test("without validation speakers there is no calibration, and the run is scored", async () => {
  const path = await writeRecipe("bare", { name: "bare", validationSpeakers: 0 });
  expect(await undertone(...words("bare").with(1, path))).toMatchObject({ exitCode: 0 });
  expect(await exists(join(fold("bare"), "calibration.json"))).toBe(false);
  expect(await readMetrics(fold("bare"))).not.toHaveProperty("0.validation");
  expect(await exists(join(root, "bare", "report.html"))).toBe(true);
});

test("training on all speakers ends with a model and no score", async () => {
  const { exitCode, stdout } = await undertone(...words("shipped", "--protocol", "all"));
  expect(exitCode).toBe(0);
  expect(stdout).toBe(`Model: ${join(fold("shipped"), "model.onnx")}\n`);
  const evaluated = await undertone("evaluate", join(root, "shipped"));
  expect(evaluated.exitCode).toBe(exitCodes["run-invalid"]);
  expect(evaluated.stderr).toContain("keeps no clips for testing");
});

test("a model of all speakers is calibrated by a finished run that kept them apart", async () => {
  const calibrated = words(
    "calibrated",
    "--protocol",
    "all",
    "--calibrate-from",
    join(root, "whole"),
  );
  const early = await undertone(...calibrated);
  expect(early.exitCode).toBe(exitCodes["run-invalid"]);
  expect(early.stderr).toMatch(/cannot calibrate this model: 1 of its \d folds have finished/);
  const rest = ["train", recipe, "--data", corpus, "--out", join(root, "whole"), "--resume"];
  expect(await undertone(...rest)).toMatchObject({ exitCode: 0 });
  const run = await evaluateRun(join(root, "whole"));
  const tested = run.folds.flatMap(({ uncalibrated }) => uncalibrated);
  const trained = await undertone(...calibrated);
  expect(trained).toMatchObject({ exitCode: 0 });
  const { temperature, neutral } = readModelCard(
    await readFile(join(fold("calibrated"), "model.onnx")),
  );
  expect(temperature).toBe(fitTemperature(tested).temperature);
  const label = run.info.labels.indexOf("neutral");
  const predicted = tested
    .filter(({ actual }) => actual === label)
    .map((prediction) => withTemperature(prediction, temperature).probabilities);
  expect(neutral).toEqual(meanLogits(predicted));
  const lost = await undertone(
    ...words("lost", "--protocol", "all", "--calibrate-from", join(root, "nowhere")),
  );
  expect(lost.exitCode).toBe(exitCodes["file-not-found"]);
});
