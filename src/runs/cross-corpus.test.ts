import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { writeCorpora } from "../../test/support/corpora.ts";
import { testOptions, train } from "../../test/support/training.ts";
import { tinyFeatures } from "../../test/support/tiny-features.ts";
import { parseLabelMap } from "../datasets/label-map.ts";
import { nodeRuntime } from "../graph/runtime.node.ts";
import { loadModel } from "../models/load-model.ts";
import { readModelCard } from "../models/model-card.ts";
import { calibrateModel } from "./calibrate-model.ts";
import { crossCorpus } from "./cross-corpus.ts";
import { testReferences } from "./references.ts";
import { readFoldModel } from "./run-folder.ts";

let root = "";
const inRoot = (name: string): string => join(root, name);
const labels = ["neutral", "sad", "angry"];

const recipe = {
  name: "tiny",
  protocol: "leave-one-corpus-out",
  validationSpeakers: 1,
  features: { ...tinyFeatures, window: "speech" },
  model: { kind: "audio-cnn", channels: [4, 8], hidden: 8 },
  training: { epochs: 1, batchSize: 4 },
};

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "world-"));
  await writeCorpora(
    root,
    {
      one: { speakers: ["01", "02", "03"], labels },
      two: { speakers: ["04", "05", "06"], labels },
      three: { speakers: ["07"], labels },
      talk: { speakers: ["07"], labels: ["neutral"] },
    },
    3,
  );
  const data = [inRoot("one.csv"), inRoot("two.csv")];
  const cacheFolder = inRoot("features");
  await train({ recipe, data, runFolder: inRoot("run"), cacheFolder });
});
afterAll(() => rm(root, { recursive: true, force: true }));

const world = (system: string, changes: object = {}) => {
  const request = { systems: [inRoot(system)], data: [], ordinarySpeech: [], ...changes };
  return crossCorpus({ ...request, cacheFolder: inRoot("features") }, testOptions());
};

test("each corpus of a run is scored by the model that did not know it, ordinary speech by each model", async () => {
  const results = await world("run", { ordinarySpeech: [inRoot("talk.csv")] });
  expect(results).toMatchObject([
    { system: "run", trainedOn: ["two"], corpus: "one", isOrdinary: false },
    { system: "run", trainedOn: ["one"], corpus: "two", isOrdinary: false },
    { system: "run without one", trainedOn: ["two"], corpus: "talk", isOrdinary: true },
    { system: "run without two", trainedOn: ["one"], corpus: "talk", isOrdinary: true },
  ]);
  for (const { scores, isOrdinary } of results) {
    expect([...scores.keys()]).toEqual(testReferences);
    expect(scores.get("recording")!.clips).toBe(isOrdinary ? 3 : 27);
    expect(scores.get("none")).not.toEqual(scores.get("recording"));
  }
});

test("a model is scored on corpora that it does not know, and on no other", async () => {
  const model = join("run", "fold-1", "model.onnx");
  const ordinarySpeech = [inRoot("two.csv"), inRoot("talk.csv")];
  const results = await world(model, { data: [inRoot("three.csv")], ordinarySpeech });
  expect(results).toMatchObject([
    { corpus: "three", isOrdinary: false },
    { corpus: "talk", isOrdinary: true },
  ]);
  expect(await world(model, { data: [inRoot("two.csv")] })).toEqual([]);
});

test("a run of another protocol is refused", async () => {
  const request = { data: inRoot("one.csv"), runFolder: inRoot("folds"), folds: [1] };
  const content = { ...recipe, protocol: "speaker-folds", folds: 3 };
  await train({ ...request, recipe: content, cacheFolder: inRoot("features") });
  await expect(world("folds")).rejects.toMatchObject({ code: "run-invalid" });
});

const calibrate = (...names: string[]) =>
  calibrateModel(
    {
      model: inRoot(join("run", "fold-1", "model.onnx")),
      data: names.map((name) => inRoot(`${name}.csv`)),
      cacheFolder: inRoot("features"),
    },
    testOptions(),
  );

describe("a finished model, calibrated on corpora that it does not know", () => {
  test("reads them as asked for", async () => {
    const request = {
      model: inRoot(join("run", "fold-1", "model.onnx")),
      data: [inRoot("one.csv")],
      corpusOptions: { map: parseLabelMap("sad=") },
      cacheFolder: inRoot("features"),
    };
    const [all, some] = [await calibrate("one"), await calibrateModel(request, testOptions())];
    expect(some.clips).toBe((all.clips * 2) / 3);
  });

  test("predicts the same at another temperature, and knows neutral speech", async () => {
    const { bytes, temperature, corpora, clips } = await calibrate("one", "three");
    expect({ corpora, clips }).toEqual({ corpora: ["one", "three"], clips: 36 });
    const card = readModelCard(bytes);
    expect(card).toMatchObject({
      labels,
      temperature,
      ordinary: { neutralShare: 0.8 },
      provenance: { corpora: ["two"], calibratedOn: ["one", "three"] },
    });
    const original = (await readFoldModel(inRoot("run"), 1))!;
    const logits = async (file: Uint8Array): Promise<number[]> => {
      const model = await loadModel(file, nodeRuntime, { threads: 1 });
      const length = card.sampleRate * card.windowSec;
      const window = Float32Array.from({ length }, (_, n) => Math.sin(n * n));
      const [output] = await model.predict([window]);
      await model.close();
      return [...output!.probabilities].map((p) => Math.log(p / output!.probabilities[0]!));
    };
    const [before, after] = [await logits(original), await logits(bytes)];
    for (const [label, logit] of before.entries()) {
      expect(after[label]).toBeCloseTo(logit / temperature, 3);
    }
  });

  test("needs a speaker with both neutral and emotional speech, and no corpus of its training", async () => {
    await expect(calibrate("talk")).rejects.toMatchObject({ code: "dataset-invalid" });
    await expect(calibrate("two")).rejects.toMatchObject({ code: "split-leaks" });
  });
});
