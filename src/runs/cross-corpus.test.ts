import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { testOptions, train } from "../../test/support/training.ts";
import { tinyFeatures } from "../../test/support/tiny-features.ts";
import { readCorpus } from "../datasets/read-corpus.ts";
import { synthesizeCorpus } from "../datasets/synthetic.ts";
import { crossCorpus } from "./cross-corpus.ts";
import { testReferences } from "./references.ts";

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
  await synthesizeCorpus(inRoot("clips"), { speakers: 7, clipsPerEmotion: 3, seed: 1 });
  const { clips } = await readCorpus(inRoot("clips"));
  const tableOf = async (name: string, speakers: readonly string[], wanted: readonly string[]) => {
    const rows = clips
      .filter(({ speakerId, emotion }) => speakers.includes(speakerId) && wanted.includes(emotion))
      .map(({ path, emotion, speakerId }) => `${path},${emotion},${speakerId}`);
    await writeFile(inRoot(`${name}.csv`), ["path,emotion,speaker", ...rows].join("\n"));
  };
  await tableOf("one", ["01", "02", "03"], labels);
  await tableOf("two", ["04", "05", "06"], labels);
  await tableOf("three", ["07"], labels);
  await tableOf("talk", ["07"], ["neutral"]);
  const data = [inRoot("one.csv"), inRoot("two.csv")];
  const cacheFolder = inRoot("features");
  await train({ recipe, data, runFolder: inRoot("run"), cacheFolder });
}, 120_000);
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
}, 60_000);
