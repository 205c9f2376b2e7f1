/** A head over a pretrained encoder, from a corpus to what its file says of a clip. */
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { toBinary } from "@bufbuild/protobuf";
import { ModelProtoSchema } from "onnx-buf";
import { afterAll, beforeAll, expect, test } from "vitest";
import { loadAudio } from "../../src/audio/load.node.ts";
import { readCorpus } from "../../src/datasets/read-corpus.ts";
import { synthesizeCorpus } from "../../src/datasets/synthetic.ts";
import { writeClipTable } from "../../src/datasets/write-table.ts";
import { ClipJudge, type HeardClip } from "../../src/runs/clip-judge.ts";
import { readMetrics } from "../../src/runs/epoch-metrics.ts";
import { FeatureCache } from "../../src/runs/feature-cache.ts";
import { readPredictions } from "../../src/runs/predictions-file.ts";
import { parseRecipe } from "../../src/runs/recipe.ts";
import {
  foldFolder,
  readCalibration,
  readFoldState,
  readRunInfo,
  readSplit,
  writeSplit,
} from "../../src/runs/run-folder.ts";
import { trainRun } from "../../src/runs/train-run.ts";
import { withTemperature } from "../../src/evaluation/calibration.ts";
import { decodeModel } from "../../src/graph/model-proto.ts";
import { nodeRuntime } from "../../src/graph/runtime.node.ts";
import { readAdapter } from "../../src/models/adapter.ts";
import { loadModel } from "../../src/models/load-model.ts";
import { readModelCard } from "../../src/models/model-card.ts";
import { SpeechEncoder, type EncoderConfig } from "../../src/models/speech-encoder.ts";
import { tinyEncoderFile } from "../support/speech-encoder.ts";

let root = "";

const openEncoder = (heard: EncoderConfig): Promise<SpeechEncoder> =>
  SpeechEncoder.open(nodeRuntime, tinyEncoderFile(), { ...heard, threads: 1 });

const recipe = {
  name: "encoder",
  description: "",
  protocol: "leave-one-speaker-out",
  validationSpeakers: 1,
  training: { epochs: 2, batchSize: 8, sound: { copies: 1, speed: [0.9, 1.1] } },
};
const encoders = [{ name: "moonshine-tiny", layers: [0, 2] }];

interface Trial {
  readonly corpus?: string;
  /** Keys of the recipe besides. */
  readonly besides?: object;
  readonly companions?: readonly string[];
  readonly folds?: readonly number[];
  readonly resume?: boolean;
}

async function train(
  name: string,
  model: object,
  { corpus = "corpus", besides = {}, companions = [], folds = [1], resume = false }: Trial = {},
): Promise<string> {
  const runFolder = join(root, "runs", name);
  await trainRun(
    {
      recipe: parseRecipe({ ...recipe, ...besides, model }, name),
      data: join(root, corpus),
      companions: companions.map((path) => join(root, path)),
      runFolder,
      cacheFolder: join(root, "features"),
      folds,
      resume,
      facts: { command: "test", versions: {}, machine: {} },
    },
    {
      runtime: nodeRuntime,
      openSentenceEncoder: () => Promise.reject(new Error("not asked for")),
      openTranscriber: () => Promise.reject(new Error("not asked for")),
      encoderFile: async () => tinyEncoderFile(),
      openEncoder,
      onProgress: () => {},
      logger: { info: () => {}, warn: () => {} },
      threads: 1,
    },
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
  await writeClipTable(join(root, "abroad.jsonl"), clips);
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
  adapters: {
    kind: "audio-encoder",
    encoders: [{ name: "moonshine-tiny", layers: [0, 2], tuned: 3 }],
    tuning: { rate: 1, decay: 1, rank: 2 },
    hidden: 8,
    longestSec: 2,
  },
  get adapted() {
    const adapter = join(foldFolder(join(root, "runs", "adapters"), 1), "model.onnx");
    return { ...this.head, encoders: [{ ...encoders[0], adapter }] };
  },
};

const tutor = { ...recipe, name: "tutor", model: models.head };

test.each([
  // Layers that the cache holds by then: those of the models before stay.
  { name: "head", kept: 2, sizeBytes: 100_000 },
  { name: "tuned", kept: 3, sizeBytes: 500_000 },
  { name: "adapters", kept: 6, sizeBytes: 100_000 },
  { name: "adapted", kept: 8, sizeBytes: 100_000 },
] as const)("$name: what its file says of a clip is what training said", async (trial) => {
  const corpus = trial.name === "adapters" ? "abroad.jsonl" : "corpus";
  const fold = await train(trial.name, models[trial.name], { corpus });
  expect((await readMetrics(fold)).map(({ epoch }) => epoch)).toEqual([1, 2]);
  const names = await readdir(join(root, "features"), { recursive: true });
  const { clips } = await readCorpus(join(root, corpus));
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
    const [actual] = await emotionModel.judge([window]);
    const expected = withTemperature(prediction, temperature).probabilities;
    for (const [label, value] of expected.entries())
      expect(actual!.probabilities[label]).toBeCloseTo(value, 2);
  }
  await emotionModel.close();
});

test("the linear baseline judges the same clips by the same layers", async () => {
  const fold = await train("linear", { kind: "linear-probe", encoders, longestSec: 2 });
  const { labels } = await readRunInfo(join(fold, ".."));
  const head = await readPredictions(foldFolder(join(root, "runs", "head"), 1), labels);
  const linear = await readPredictions(fold, labels);
  expect(linear.test.map(({ id }) => id)).toEqual(head.test.map(({ id }) => id));
  expect((await readFoldState(fold))!.parameters).toBe((2 * 2 * 288 + 1) * labels.length);
});

test.each(["head", "tuned", "adapted", "linear"])(
  "%s: its file judges clips by the layers that training kept",
  async (name) => {
    const fold = foldFolder(join(root, "runs", name), 1);
    const bytes = await readFile(join(fold, "model.onnx"));
    const card = readModelCard(bytes);
    const judge = await ClipJudge.open(bytes, card, {
      cache: await FeatureCache.open(join(root, "features")),
      runtime: nodeRuntime,
      openEncoder: async () => ({
        hear: () => Promise.reject(new Error("not asked for")),
        close: async () => {},
      }),
      threads: 1,
    });
    const { clips } = await readCorpus(join(root, "corpus"));
    const { test: predictions } = await readPredictions(fold, card.labels);
    const heard: HeardClip[] = [];
    for (const { id } of predictions) heard.push(await judge.hear(clips.find((c) => c.id === id)!));
    const answers = await judge.judge(heard);
    await judge.close();
    for (const [index, prediction] of predictions.entries()) {
      const expected = withTemperature(prediction, card.temperature).probabilities;
      for (const [label, p] of expected.entries()) expect(answers[index]![label]).toBeCloseTo(p, 5);
    }
  },
);

test("the same recipe from the cache comes to the same weights", async () => {
  const again = await readFoldState(await train("again", models.head));
  const { weightsSha256 } = (await readFoldState(foldFolder(join(root, "runs", "head"), 1)))!;
  expect(again!.weightsSha256).toBe(weightsSha256);
});

test("an adapter is learned, and changes what is heard", async () => {
  const bytes = await readFile(join(foldFolder(join(root, "runs", "adapters"), 1), "model.onnx"));
  const adapter = readAdapter(bytes, "moonshine-tiny");
  expect([...adapter.keys()]).toEqual([0, 1, 2].map((layer) => `layers.${layer}.weight`));
  for (const { up } of adapter.values()) expect(Math.max(...up)).toBeGreaterThan(0);
  const samples = new Float32Array(16_000).map((_, i) => Math.sin(i / 20) * (1 - i / 16_000));
  const heard = { name: "moonshine-tiny", layers: [0, 2] } as const;
  const layers = await Promise.all(
    [heard, { ...heard, adapter }].map(async (asked) => {
      const encoder = await openEncoder(asked);
      const [, upper] = await encoder.hear(samples, 2);
      await encoder.close();
      return upper!;
    }),
  );
  expect(layers[0]).not.toEqual(layers[1]);
});

test("a model without an adapter lends none", async () => {
  const adapter = join(foldFolder(join(root, "runs", "head"), 1), "model.onnx");
  const model = { ...models.head, encoders: [{ ...encoders[0], adapter }] };
  await expect(train("borrowing", model)).rejects.toThrow(/carries no adapter of moonshine-tiny/);
});

test("a run does not go on over an adapter that has changed", async () => {
  const bytes = await readFile(join(foldFolder(join(root, "runs", "adapters"), 1), "model.onnx"));
  const adapter = join(root, "lent.onnx");
  await writeFile(adapter, bytes);
  const model = { ...models.head, encoders: [{ ...encoders[0], adapter }] };
  await train("lent", model);
  const changed = decodeModel(Uint8Array.from(bytes));
  for (const { name, rawData } of changed.graph.initializer)
    if (name.endsWith(".up")) rawData.fill(0);
  await writeFile(adapter, toBinary(ModelProtoSchema, changed));
  await expect(train("lent", model, { folds: [2], resume: true })).rejects.toMatchObject({
    code: "run-invalid",
    message: expect.stringMatching(/those of .*lent\.onnx have changed/),
  });
  await writeFile(adapter, bytes);
  await train("lent", model, { resume: true });
});

test("an adapter's file that is damaged is named", async () => {
  const adapter = join(root, "damaged.onnx");
  await writeFile(adapter, "no model");
  const model = { ...models.head, encoders: [{ ...encoders[0], adapter }] };
  await expect(train("damaged", model)).rejects.toThrow(/damaged\.onnx: .*not an ONNX model/);
});

test("a teacher's runs are trained first, and what they say is learned", async () => {
  const teacher = { members: [tutor], seeds: 2 };
  const [own, taught] = [
    await readFoldState(foldFolder(join(root, "runs", "head"), 1)),
    await readFoldState(
      await train("student", models.head, { besides: { teacher: { ...teacher, weight: 1 } } }),
    ),
  ];
  const runs = await readdir(join(root, "runs"));
  expect(runs).toEqual(
    expect.arrayContaining(["tutor-leave-one-speaker-out", "tutor-leave-one-speaker-out-seed-2"]),
  );
  expect(taught!.weightsSha256).not.toBe(own!.weightsSha256);
  const student = foldFolder(join(root, "runs", "student"), 1);
  expect(await readMetrics(student)).toHaveLength(2);
  const card = readModelCard(await readFile(join(student, "model.onnx")));
  expect(card.provenance["taughtOn"]).toEqual([card.provenance["corpus"]]);
});

test("a teacher knows the corpus alone, companions or not, and may be a regression", async () => {
  const linear = { kind: "linear-probe", encoders, longestSec: 2 };
  const teacher = { members: [{ ...recipe, name: "regression", model: linear }], weight: 1 };
  const fold = await train("companied", models.head, {
    besides: { teacher },
    companions: ["abroad.jsonl"],
  });
  const known = await readRunInfo(join(root, "runs", "regression-leave-one-speaker-out"));
  expect(known.companions).toBeUndefined();
  const { provenance } = readModelCard(await readFile(join(fold, "model.onnx")));
  expect(provenance).toMatchObject({ companions: ["abroad"], taughtOn: [known.corpus] });
});

test("a teacher that was tested on other speakers is refused before anything is trained", async () => {
  const besides = { protocol: "random", teacher: { members: [tutor], seeds: 2 } };
  await expect(train("leaking", models.head, { besides })).rejects.toMatchObject({
    code: "split-leaks",
    message: expect.stringContaining("tutor-random-seed-2"),
  });
  expect(await readdir(join(root, "runs"))).not.toContain("tutor-random");
});

test("a finished teacher of another corpus is refused", async () => {
  const besides = { teacher: { members: [tutor] } };
  const elsewhere = train("elsewhere", models.head, { corpus: "abroad.jsonl", besides });
  await expect(elsewhere).rejects.toMatchObject({ code: "run-invalid", message: /trained on / });
});

test("what is wrong with a recipe is told before its teacher is trained", async () => {
  const besides = { teacher: { members: [{ ...tutor, name: "idle" }] } };
  const model = { ...models.head, encoders: [{ ...encoders[0], layers: [9] }] };
  await expect(train("wrong", model, { besides })).rejects.toThrow(/must be below 6/);
  expect(await readdir(join(root, "runs"))).not.toContain("idle-leave-one-speaker-out");
});

test("a start is trained first, and its weights are what training begins with", async () => {
  const still = { ...recipe.training, learningRate: 1e-12, emaDecay: undefined };
  const [heard] = encoders;
  const tuned = { ...models.head, encoders: [{ ...heard, tuned: 1 }] };
  const fold = await train("begun", tuned, { besides: { start: tutor, training: still } });
  const { labels } = await readRunInfo(join(fold, ".."));
  const started = foldFolder(join(root, "runs", "tutor-leave-one-speaker-out"), 1);
  const before = await readPredictions(started, labels);
  const after = await readPredictions(fold, labels);
  for (const [index, { id, probabilities }] of after.test.entries()) {
    expect(id).toBe(before.test[index]!.id);
    for (const [label, p] of probabilities.entries())
      expect(p).toBeCloseTo(before.test[index]!.probabilities[label]!, 3);
  }
  const card = readModelCard(await readFile(join(fold, "model.onnx")));
  expect(card.provenance["taughtOn"]).toEqual([card.provenance["corpus"]]);
});

test("a start that was tested on other speakers is refused", async () => {
  const besides = { protocol: "random", seed: 2, start: tutor };
  const known = "tutor-random-seed-2";
  await train(known, tutor.model, { besides: { ...tutor, protocol: "random", seed: 2 } });
  const folder = foldFolder(join(root, "runs", known), 1);
  const split = await readSplit(folder);
  await writeSplit(folder, { ...split, test: split.test.slice(1) });
  await expect(train("leaking", models.head, { besides })).rejects.toMatchObject({
    code: "split-leaks",
    message: expect.stringContaining(known),
  });
});

test("a start that has heard the validation speakers, or is damaged, is refused", async () => {
  const tutors = join(root, "runs", "tutor-leave-one-speaker-out");
  const folder = foldFolder(tutors, 2);
  const late = { besides: { start: tutor }, folds: [2] };
  await train("tutor-leave-one-speaker-out", tutor.model, {
    besides: tutor,
    folds: [2],
    resume: true,
  });
  const split = await readSplit(folder);
  await writeSplit(folder, { ...split, train: [...split.train, split.validation[0]!] });
  await expect(train("peeking", models.head, late)).rejects.toMatchObject({
    code: "split-leaks",
    message: expect.stringContaining("for validation"),
  });
  await writeSplit(folder, split);
  await writeFile(join(folder, "model.onnx"), "");
  await expect(train("broken", models.head, late)).rejects.toMatchObject({
    code: "model-invalid",
    message: expect.stringMatching(/model\.onnx.*Remove .*fold-2/s),
  });
  const home = train(
    "tutor-leave-one-speaker-out",
    { ...models.head, hidden: 4 },
    {
      besides: { ...tutor, start: tutor },
      folds: [3],
    },
  );
  await expect(home).rejects.toMatchObject({ code: "run-invalid" });
});

test("companions teach an output layer of their own, which is not served", async () => {
  const besides = { training: { ...recipe.training, companions: { heads: "apart" } } };
  await expect(train("alone", models.head, { besides })).rejects.toMatchObject({ code: "usage" });
  const fold = await train("apart", models.head, { besides, companions: ["abroad.jsonl"] });
  const file = decodeModel(await readFile(join(fold, "model.onnx")));
  const names = file.graph.initializer.map(({ name }) => name);
  expect(names).toContain("output.weight");
  expect(names.filter((name) => name.startsWith("companions"))).toEqual([]);
  expect(await readMetrics(fold)).toHaveLength(2);
});

test("an adapter lends itself to no test of speakers that it has heard", async () => {
  const adapter = join(foldFolder(join(root, "runs", "adapters"), 1), "model.onnx");
  const model = { ...models.head, encoders: [{ ...encoders[0], adapter }] };
  await expect(train("knowing", model, { corpus: "abroad.jsonl" })).rejects.toMatchObject({
    code: "split-leaks",
  });
});
