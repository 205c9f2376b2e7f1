/** A head over a pretrained encoder, from a corpus to the predictions of its file. */
import { mkdtemp, readdir, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { loadAudio } from "../../src/audio/load.node.ts";
import { readCorpus } from "../../src/datasets/read-corpus.ts";
import { synthesizeCorpus } from "../../src/datasets/synthetic.ts";
import { writeClipTable } from "../../src/datasets/write-table.ts";
import { readMetrics } from "../../src/runs/epoch-metrics.ts";
import { FeatureCache } from "../../src/runs/feature-cache.ts";
import { ClipClassifier, type ClipWithInputs } from "../../src/runs/predict-clips.ts";
import { readPredictions } from "../../src/runs/predictions-file.ts";
import {
  foldFolder,
  readCalibration,
  readFoldState,
  readRunInfo,
} from "../../src/runs/run-folder.ts";
import { withTemperature } from "../../src/evaluation/calibration.ts";
import { nodeRuntime } from "../../src/graph/runtime.node.ts";
import { loadModel } from "../../src/models/load-model.ts";
import { readModelCard } from "../../src/models/model-card.ts";
import { SpeechEncoder } from "../../src/models/speech-encoder.ts";
import type { EncoderLayers } from "../../src/models/encoder-layers.ts";
import { tinyEncoderFile } from "../support/speech-encoder.ts";
import { testOptions, train as trainRecipe } from "../support/training.ts";

let root = "";

const openEncoder = (asked: EncoderLayers): Promise<SpeechEncoder> =>
  SpeechEncoder.open(nodeRuntime, tinyEncoderFile(), { ...asked, threads: 1 });

const recipe = {
  name: "encoder",
  protocol: "leave-one-speaker-out",
  validationSpeakers: 1,
  training: { epochs: 2, batchSize: 8, augmentation: { views: 1, speed: [0.9, 1.1] } },
};
const encoders = [{ name: "moonshine-tiny", layers: [0, 2] }];

interface Trial {
  readonly corpus?: string;
  /** Keys of the recipe besides. */
  readonly besides?: object;
  readonly extraData?: readonly string[];
  readonly initFrom?: string;
}

async function train(
  name: string,
  model: object,
  { corpus = "corpus", besides = {}, extraData = [], initFrom }: Trial = {},
): Promise<string> {
  const runFolder = join(root, "runs", name);
  await trainRecipe(
    {
      recipe: { ...recipe, ...besides, model },
      data: join(root, corpus),
      extraData: extraData.map((path) => join(root, path)),
      initFrom: initFrom && join(root, "runs", initFrom),
      runFolder,
      cacheFolder: join(root, "features"),
      folds: [1],
    },
    testOptions({ encoderFile: async () => tinyEncoderFile(), openEncoder }),
  );
  return foldFolder(runFolder, 1);
}

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "undertone-encoder-"));
  for (const [seed, corpus] of ["corpus", "others"].entries()) {
    await synthesizeCorpus(join(root, corpus), { speakers: 3, clipsPerEmotion: 1, seed });
  }
  // A corpus by another name: a table's is its file's.
  const { clips } = await readCorpus(join(root, "others"));
  const elsewhere = clips.map((clip) => ({ ...clip, corpus: "elsewhere" }));
  await writeClipTable(join(root, "elsewhere.jsonl"), elsewhere);
});
afterAll(() => rm(root, { recursive: true, force: true }));

const models = {
  head: { kind: "audio-encoder", encoders, hidden: 8, longestSec: 2 },
  tuned: {
    kind: "audio-encoder",
    encoders: [{ name: "moonshine-tiny", layers: [0, 2], tuned: 1 }],
    hidden: 8,
    longestSec: 2,
  },
};

test.each([
  // Layers that the cache holds by then: those of the models before stay.
  { name: "head", kept: 2, sizeBytes: 100_000 },
  { name: "tuned", kept: 3, sizeBytes: 500_000 },
] as const)("$name: its file predicts of a clip what training did", async (trial) => {
  const fold = await train(trial.name, models[trial.name]);
  expect((await readMetrics(fold)).map(({ epoch }) => epoch)).toEqual([1, 2]);
  const names = await readdir(join(root, "features"), { recursive: true });
  const { clips } = await readCorpus(join(root, "corpus"));
  expect(names.filter((name) => name.endsWith(".f16"))).toHaveLength(2 * trial.kept * clips.length);

  const path = join(fold, "model.onnx");
  expect((await stat(path)).size).toBeLessThan(trial.sizeBytes);
  const emotionModel = await loadModel(await readFile(path), nodeRuntime, { openEncoder });
  const { test: predictions } = await readPredictions(fold, emotionModel.card.labels);
  const temperature = (await readCalibration(fold))?.temperature ?? 1;
  for (const prediction of predictions.slice(0, 3)) {
    const { path: file } = clips.find((clip) => clip.id === prediction.id)!;
    const { samples } = await loadAudio(file, { sampleRate: 16_000 });
    // A window of the model's length; what follows the clip is silent.
    const window = new Float32Array(32_000);
    window.set(samples.subarray(0, 32_000));
    const [actual] = await emotionModel.predict([window]);
    const expected = withTemperature(prediction, temperature).probabilities;
    for (const [label, value] of expected.entries())
      expect(actual!.probabilities[label]).toBeCloseTo(value, 2);
  }
  await emotionModel.close();
});

test("the linear probe predicts the same clips by the same layers", async () => {
  const fold = await train("linear", { kind: "linear-probe", encoders, longestSec: 2 });
  const { labels } = await readRunInfo(join(fold, ".."));
  const head = await readPredictions(foldFolder(join(root, "runs", "head"), 1), labels);
  const linear = await readPredictions(fold, labels);
  expect(linear.test.map(({ id }) => id)).toEqual(head.test.map(({ id }) => id));
  expect((await readFoldState(fold))!.parameters).toBe((2 * 2 * 288 + 1) * labels.length);
});

test.each(["head", "tuned", "linear"])(
  "%s: its file predicts clips by the layers that training kept",
  async (name) => {
    const fold = foldFolder(join(root, "runs", name), 1);
    const bytes = await readFile(join(fold, "model.onnx"));
    const card = readModelCard(bytes);
    const classifier = await ClipClassifier.open(bytes, card, {
      cache: await FeatureCache.open(join(root, "features")),
      runtime: nodeRuntime,
      openEncoder: async () => ({
        encode: () => Promise.reject(new Error("not asked for")),
        encodeWhole: () => Promise.reject(new Error("not asked for")),
        close: async () => {},
      }),
      threads: 1,
    });
    const { clips } = await readCorpus(join(root, "corpus"));
    const { test: predictions } = await readPredictions(fold, card.labels);
    const read: ClipWithInputs[] = [];
    for (const { id } of predictions)
      read.push(await classifier.read(clips.find((clip) => clip.id === id)!));
    const outputs = await classifier.predict(read);
    await classifier.close();
    for (const [index, prediction] of predictions.entries()) {
      const expected = withTemperature(prediction, card.temperature).probabilities;
      for (const [label, p] of expected.entries()) expect(outputs[index]![label]).toBeCloseTo(p, 5);
    }
  },
);

test("the same recipe from the cache comes to the same weights", async () => {
  const again = await readFoldState(await train("again", models.head));
  const { weightsSha256 } = (await readFoldState(foldFolder(join(root, "runs", "head"), 1)))!;
  expect(again!.weightsSha256).toBe(weightsSha256);
});

/** Training that leaves weights as they are. */
const still = { training: { ...recipe.training, learningRate: 1e-12 } };

test("fine-tuned layers begin with the published weights, and the head with those of its run", async () => {
  const fold = await train("warm", models.tuned, { initFrom: "head", besides: still });
  const { labels } = await readRunInfo(join(fold, ".."));
  const before = await readPredictions(foldFolder(join(root, "runs", "head"), 1), labels);
  const after = await readPredictions(fold, labels);
  for (const [index, { id, probabilities }] of after.test.entries()) {
    expect(id).toBe(before.test[index]!.id);
    for (const [label, p] of probabilities.entries())
      expect(p).toBeCloseTo(before.test[index]!.probabilities[label]!, 3);
  }
});

test("a run of another corpus may be begun with, one of other splits may not", async () => {
  await train("abroad", models.head, { corpus: "elsewhere.jsonl" });
  const fold = await train("from-abroad", models.head, { initFrom: "abroad" });
  const card = readModelCard(await readFile(join(fold, "model.onnx")));
  expect(card.provenance["corpora"]).toEqual(["synthetic", "elsewhere"]);
  const besides = { protocol: "random", seed: 2 };
  await expect(train("leaking", models.head, { initFrom: "head", besides })).rejects.toMatchObject({
    code: "split-leaks",
  });
});

test("extra data changes the weights and is named on the card", async () => {
  const fold = await train("extra", models.head, { extraData: ["elsewhere.jsonl"] });
  const own = await readFoldState(foldFolder(join(root, "runs", "head"), 1));
  expect((await readFoldState(fold))!.weightsSha256).not.toBe(own!.weightsSha256);
  const card = readModelCard(await readFile(join(fold, "model.onnx")));
  expect(card.provenance["corpora"]).toEqual(["synthetic", "elsewhere"]);
});

test("a layer that the encoder does not have is refused before any work", async () => {
  const model = { ...models.head, encoders: [{ ...encoders[0], layers: [9] }] };
  await expect(train("wrong", model)).rejects.toMatchObject({ code: "recipe-invalid" });
  expect(await readdir(join(root, "runs"))).not.toContain("wrong");
});
