import { appendFile, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { parseExperiment } from "../recipes/recipe.ts";
import { readDimensionPredictions, writeDimensionPredictions } from "./dimension-predictions.ts";
import { appendMetrics, readMetrics, type EpochMetrics } from "./epoch-metrics.ts";
import { readPredictions, writePredictions } from "./predictions-file.ts";
import {
  foldFolder,
  readFoldState,
  readRunInfo,
  writeFoldState,
  writeRunInfo,
} from "./run-folder.ts";
import type { RunInfo } from "./run-folder.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "undertone-run-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const info: RunInfo = {
  format: 2,
  name: "trial",
  recipe: { model: { kind: "audio-cnn" } },
  seed: 1,
  protocol: "emobox",
  folds: [1, 2],
  corpus: "ravdess",
  labels: ["happy", "sad"],
  versions: { undertone: "0.1.0" },
  machine: { cpu: "any", cores: 2 },
  startedAt: "2026-01-02T03:04:05.000Z",
  command: "undertone train",
};

const epoch = (number: number): EpochMetrics => ({
  epoch: number,
  learningRate: 1e-3,
  train: { loss: 1 / number, unweightedAverageRecall: 0.5, macroF1: 0.4 },
  validation: { loss: 2 / number, unweightedAverageRecall: 0.25, macroF1: 0.2 },
  seconds: 1.5,
  clipsPerSec: 300,
});

test("run.json comes back as it was written", async () => {
  await writeRunInfo(folder, info);
  expect(await readRunInfo(folder)).toEqual(info);
});

test("settings that are younger than a run have their defaults", async () => {
  const content = { name: "trial", model: { kind: "audio-cnn" } };
  const { recipe } = await parseExperiment(content, "here");
  const { target: _, ...older } = recipe;
  await writeRunInfo(folder, { ...info, recipe: older });
  expect((await readRunInfo(folder)).recipe).toEqual(recipe);
});

test("a run needs two labels, or dimensions", async () => {
  const none = { ...info, labels: [] };
  await expect(writeRunInfo(folder, none)).rejects.toThrow("fewer than two labels");
  const dimensions = [{ name: "arousal" as const, low: 1, high: 7 }];
  await writeRunInfo(folder, { ...none, dimensions });
  expect(await readRunInfo(folder)).toEqual({ ...none, dimensions });
});

test("predictions of dimensions come back as they were written, and a row cut short is named", async () => {
  const names = ["arousal", "valence"];
  const written = {
    validation: [],
    test: [{ id: "a", speakerId: "1", actual: [3.25, 1], predicted: [2.5, -0.125] }],
  };
  await writeDimensionPredictions(folder, names, written);
  expect(await readDimensionPredictions(folder, names)).toEqual(written);
  await appendFile(join(folder, "predictions.csv"), "test,b,1,,3,1,2\n");
  await expect(readDimensionPredictions(folder, names)).rejects.toMatchObject({
    code: "run-invalid",
    message: expect.stringContaining("line 3"),
  });
  await expect(readDimensionPredictions(folder, ["arousal"])).rejects.toMatchObject({
    code: "run-invalid",
  });
});

test("a folder without run.json, one cut short and one with a misspelt key are told apart", async () => {
  await expect(readRunInfo(folder)).rejects.toMatchObject({
    code: "file-not-found",
    message: expect.stringContaining("not a run folder"),
  });
  await writeFile(join(folder, "run.json"), '{"format": 2, "na');
  await expect(readRunInfo(folder)).rejects.toMatchObject({
    code: "run-invalid",
    message: expect.stringContaining("not JSON"),
  });
  await writeFile(join(folder, "run.json"), JSON.stringify({ ...info, sead: 2 }));
  await expect(readRunInfo(folder)).rejects.toMatchObject({
    code: "run-invalid",
    message: expect.stringContaining("sead"),
  });
});

test("a fold has no state until it has finished", async () => {
  const fold = foldFolder(folder, 1);
  expect(await readFoldState(fold)).toBeUndefined();
  const state = { finished: true, epochs: 3, seconds: 9, weightsSha256: "0".repeat(64) } as const;
  await writeFoldState(fold, state);
  expect(await readFoldState(fold)).toEqual(state);
});

test("metrics survive a torn last line, and a resumed epoch replaces what it repeats", async () => {
  for (const number of [1, 2, 3]) await appendMetrics(folder, epoch(number));
  await appendFile(join(folder, "metrics.jsonl"), '{"epoch":4,"lear');
  expect(await readMetrics(folder)).toEqual([epoch(1), epoch(2), epoch(3)]);
  await appendMetrics(folder, { ...epoch(2), seconds: 7 });
  expect(await readMetrics(folder)).toEqual([epoch(1), { ...epoch(2), seconds: 7 }]);
});

test("a line of metrics that is broken in the middle is named", async () => {
  await writeFile(join(folder, "metrics.jsonl"), `nonsense\n${JSON.stringify(epoch(1))}\n`);
  await expect(readMetrics(folder)).rejects.toThrow("line 1");
});

test("predictions come back with hostile ids, to float32's precision", async () => {
  const third = Math.fround(1 / 3);
  const id = 'a,"b"\n<script>é';
  const predictions = {
    validation: [{ id, speakerId: "7", actual: 1, probabilities: [third, 1 - third] }],
    test: [{ id: "c", speakerId: "8", sex: "female", actual: 0, probabilities: [1, 0] }],
  } as const;
  await writePredictions(folder, info.labels, predictions);
  const read = await readPredictions(folder, info.labels);
  expect(read.test).toEqual(predictions.test);
  expect(read.validation[0]?.id).toBe(id);
  expect(Math.fround(read.validation[0]?.probabilities[0] ?? 0)).toBe(third);
});

test.each([
  ["another label", "test,a,1,,angry,0.5,0.5", "line 2"],
  ["a probability above 1", "test,a,1,,sad,1.5,-0.5", "line 2"],
  ["a probability too few", "test,a,1,,sad,1", "line 2 is no prediction: it has 6 of 7 columns"],
  ["probabilities of something else", "test,a,1,,sad,0.5,0.1", "sum to 1"],
  ["an empty probability", "test,a,1,,sad,1,", "line 2"],
  ["a third split", "train,a,1,,sad,0.5,0.5", "line 2 is no prediction: split: "],
])("a row with %s is refused", async (_, row, message) => {
  const header = "split,id,speakerId,sex,actual,p_happy,p_sad";
  await writeFile(join(folder, "predictions.csv"), `${header}\n${row}\n`);
  await expect(readPredictions(folder, info.labels)).rejects.toMatchObject({
    code: "run-invalid",
    message: expect.stringContaining(message),
  });
});

test("predictions over other labels are refused", async () => {
  await writePredictions(folder, ["sad", "happy"], { validation: [], test: [] });
  await expect(readPredictions(folder, info.labels)).rejects.toThrow("p_happy,p_sad");
});
