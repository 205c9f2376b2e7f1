/** Arousal and valence from a table: trained, tested on another corpus, and reported. */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { readCorpus } from "../../src/datasets/read-corpus.ts";
import { synthesizeCorpus } from "../../src/datasets/synthetic.ts";
import { nodeRuntime } from "../../src/graph/runtime.node.ts";
import { loadModel } from "../../src/models/load-model.ts";
import { readDimensionCard } from "../../src/models/model-card.ts";
import { SpeechEncoder } from "../../src/models/speech-encoder.ts";
import { readDimensionPredictions } from "../../src/runs/dimension-predictions.ts";
import { evaluateDimensionRun } from "../../src/runs/evaluate-dimension-run.ts";
import { evaluateRun } from "../../src/runs/evaluate-run.ts";
import { FeatureCache } from "../../src/runs/feature-cache.ts";
import { ClipClassifier } from "../../src/runs/predict-clips.ts";
import { readFoldState, readRunInfo } from "../../src/runs/run-folder.ts";
import { undertone } from "../support/command-line.ts";
import { tinyEncoderFile } from "../support/speech-encoder.ts";
import { tinyFeatures } from "../support/tiny-features.ts";
import { testOptions, train } from "../support/training.ts";

const recipe = {
  name: "tiny",
  target: "dimensions",
  protocol: "leave-one-speaker-out",
  validationSpeakers: 1,
  features: { ...tinyFeatures, window: "speech" },
  model: { kind: "audio-cnn", channels: [4, 8], hidden: 8 },
  training: { epochs: 3, batchSize: 8, earlyStopping: { patience: 3, metric: "loss" } },
};

/** Made-up ratings on a scale of 1 to 5. */
const ratings: Readonly<Record<string, readonly [arousal: number, valence: number]>> = {
  neutral: [2.5, 3],
  calm: [1.5, 3.5],
  happy: [4, 4.5],
  sad: [1.2, 1.5],
  angry: [4.8, 1.2],
  fearful: [4.2, 1.6],
  disgust: [3, 1.8],
  surprised: [4.5, 3.6],
};

let root = "";
const inRoot = (...names: string[]): string => join(root, ...names);
const run = (): string => inRoot("trained");
const model = (): string => inRoot("trained", "fold-1", "model.onnx");

/** A table without labels; `factor` stretches its scale. */
async function writeRated(name: string, seed: number, factor: number): Promise<void> {
  await synthesizeCorpus(inRoot(name), { speakers: 3, clipsPerEmotion: 1, seed });
  const { clips } = await readCorpus(inRoot(name));
  const rows = clips.map(({ path, emotion, speakerId }) => {
    const [arousal, valence] = ratings[emotion]!;
    return [path, speakerId, factor * arousal, factor * valence].join(",");
  });
  const unrated = `${clips[0]!.path}.lost,01,3,`;
  await writeFile(
    inRoot(`${name}.csv`),
    ["path,speaker,activation,valence", ...rows, unrated].join("\n"),
  );
}

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "undertone-dimensions-"));
  vi.stubEnv("XDG_CACHE_HOME", inRoot("cache"));
  await writeRated("home", 1, 1);
  await writeRated("away", 2, 2);
  await writeFile(inRoot("tiny.json"), JSON.stringify(recipe));
});

afterAll(async () => {
  vi.unstubAllEnvs();
  await rm(root, { recursive: true, force: true });
});

test("a table of ratings trains a model of its dimensions, with CCC in summary, JSON and report", async () => {
  const where = ["--data", inRoot("home.csv"), "--out", run()];
  const { exitCode, stdout, stderr } = await undertone("train", inRoot("tiny.json"), ...where);
  expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
  expect(stderr).toContain("rated on arousal (1 to 5), valence (1 to 5)");
  expect(stderr).toContain("Left out: 1 (no valence)");
  expect(stdout).toMatch(
    /^Test CCC -?0\.\d+ \(only 3 speakers: .*\): arousal .*, valence .*3 folds/m,
  );

  const info = await readRunInfo(run());
  expect(info).toMatchObject({
    labels: [],
    dimensions: [
      { name: "arousal", low: 1, high: 5 },
      { name: "valence", low: 1, high: 5 },
    ],
  });
  const { scores, test: predictions } = await evaluateDimensionRun(run());
  expect(predictions).toHaveLength(24);
  expect(scores.dimensions.map(({ name }) => name)).toEqual(["arousal", "valence"]);
  const printed = await undertone("evaluate", run(), "--json");
  expect(JSON.parse(printed.stdout)).toMatchObject({ format: 2, scores });
  const report = await readFile(inRoot("trained", "report.html"), "utf8");
  expect(report).toContain("Predicted over true arousal of 24 clips.");
  expect(report).toContain("Predicted over true valence of 24 clips.");
  expect(report).toContain("Learning curves");
});

test("the model file gives on the scale of the ratings what training predicted, and its card the scores", async () => {
  const bytes = await readFile(model());
  const card = readDimensionCard(bytes);
  expect(card.dimensions.map(({ name }) => name)).toEqual(["arousal", "valence"]);
  expect(card.provenance["scores"]).toMatchObject({
    validation: { arousal: { concordance: expect.any(Number) } },
    test: { valence: { rootMeanSquareError: expect.any(Number) } },
  });
  const options = testOptions();
  const cache = await FeatureCache.open(inRoot("features"));
  const classifier = await ClipClassifier.open(bytes, card, { ...options, cache });
  const { clips } = await readCorpus(inRoot("home.csv"));
  const { test: predictions } = await readDimensionPredictions(inRoot("trained", "fold-1"), [
    "arousal",
    "valence",
  ]);
  const read = [];
  for (const { id } of predictions)
    read.push(await classifier.read(clips.find((clip) => clip.id === id)!));
  const outputs = await classifier.predict(read);
  await classifier.close();
  for (const [row, { predicted }] of predictions.entries()) {
    for (const [index, value] of predicted.entries())
      expect(Math.abs(value - outputs[row]![index]!)).toBeLessThan(1e-3);
  }
});

test("it is tested on another corpus; ratings of another range are told", async () => {
  const where = ["--data", inRoot("away.csv"), "--out", inRoot("tested")];
  const { exitCode, stdout, stderr } = await undertone("test", model(), ...where);
  expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
  expect(stdout).toContain("Trained on home. Tested on arousal, valence.");
  expect(stdout).toMatch(/Ratings of arousal go from 2 to 10 here and from 1 to 5/);
  expect(stdout).toMatch(/^arousal +2 to 10 /m);
  const { info, scores } = await evaluateDimensionRun(inRoot("tested"));
  expect(scores.clips).toBe(24);
  expect(info.tested).toMatchObject({ trainedOn: ["home"], knownLabels: [] });
  const again = await undertone("test", model(), "--data", inRoot("home.csv"));
  expect(again.exitCode).not.toBe(0);
});

test("what needs emotions refuses it", async () => {
  await expect(evaluateRun(run())).rejects.toMatchObject({ code: "run-invalid" });
  await expect(loadModel(await readFile(model()), nodeRuntime)).rejects.toMatchObject({
    code: "model-invalid",
  });
  const compared = await undertone("compare", run(), run());
  expect(compared.stderr).toMatch(/^undertone: .*trained predicts dimensions/m);
  const request = { recipe, data: inRoot("home.csv"), cacheFolder: inRoot("features") };
  await expect(
    train({ ...request, runFolder: inRoot("extra"), extraData: [inRoot("away.csv")] }),
  ).rejects.toMatchObject({ code: "usage" });
  const emotions = { ...recipe, target: "emotion", training: { epochs: 1 } };
  await expect(
    train({ ...request, recipe: emotions, runFolder: inRoot("labels") }),
  ).rejects.toMatchObject({ code: "dataset-invalid" });
});

test("a linear probe fits them by ridge regression, and a head by gradients of whole batches", async () => {
  const encoders = [{ name: "moonshine-tiny", layers: [0, 2] }];
  const options = testOptions({
    encoderFile: async () => tinyEncoderFile(),
    openEncoder: (asked) =>
      SpeechEncoder.open(nodeRuntime, tinyEncoderFile(), { ...asked, threads: 1 }),
  });
  const { features: _, training, ...besides } = recipe;
  const of = (kind: string, width: object) =>
    train(
      {
        recipe: { ...besides, training, model: { kind, encoders, longestSec: 2, ...width } },
        data: inRoot("home.csv"),
        runFolder: inRoot(kind),
        cacheFolder: inRoot("features"),
        folds: [1],
      },
      options,
    );
  const probe = await of("linear-probe", {});
  const state = await readFoldState(join(probe, "fold-1"));
  expect(state!.parameters).toBe((2 * 2 * 288 + 1) * 2);
  const head = await of("audio-encoder", { hidden: 8 });
  for (const folder of [probe, head]) {
    const { test: predictions } = await evaluateDimensionRun(folder);
    expect(predictions).toHaveLength(8);
  }
});
