import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { loudnessModelFile } from "../../test/support/loudness-model.ts";
import { firstWeights } from "../../test/support/networks.ts";
import { tinyEncoderFile } from "../../test/support/speech-encoder.ts";
import { wordModelFile } from "../../test/support/word-model.ts";
import { nodeRuntime } from "../graph/runtime.node.ts";
import { architectureOf } from "../models/architectures.ts";
import { exportBundle } from "../models/bundle.ts";
import { SpeechEncoder, type OpenEncoder } from "../models/speech-encoder.ts";
import { UndertoneError } from "../shared/errors.ts";
import { measureInference } from "./measure-inference.ts";
import { parseRecipe } from "./recipe.ts";
import { foldFolder } from "./run-folder.ts";

const encoders = [{ name: "moonshine-tiny" as const, layers: [1, 3] }];
const network = {
  kind: "audio-encoder" as const,
  encoders: encoders.map((heard) => ({ ...heard, tuned: 0 })),
  longestSec: 2,
  tuning: { rate: 0.1, decay: 0.8 },
  hidden: 8,
  dropout: 0.5,
};

/** A head over an encoder, with a window that is shorter than the clip. */
function headFile(): Uint8Array {
  const architecture = architectureOf(network, { classes: 2 });
  return exportBundle({
    architecture,
    frontEnd: parseRecipe({ name: "head", description: "", model: network }, "head").features,
    heard: { encoders, longestSec: 2 },
    weights: firstWeights(architecture),
    card: { name: "head", labels: ["sad", "angry"], temperature: 1, provenance: {} },
  });
}

const loudness = loudnessModelFile();
const reader = wordModelFile();
const head = headFile();
const encoder = tinyEncoderFile();

let root = "";
let warnings: string[] = [];
const heard: number[] = [];

const openEncoder: OpenEncoder = async (asked) => {
  const opened = await SpeechEncoder.open(nodeRuntime, encoder, { ...asked, threads: 1 });
  return {
    hear: (samples, longestSec) => {
      heard.push(samples.length);
      return opened.hear(samples, longestSec);
    },
    close: () => opened.close(),
  };
};
const options = {
  runtime: nodeRuntime,
  openEncoder,
  encoderFile: async () => encoder,
  logger: { info: () => {}, warn: (message: string) => warnings.push(message) },
};

const measure = (
  name: string,
  recipe: object,
  given = options,
): ReturnType<typeof measureInference> =>
  measureInference(join(root, name), { recipe: { ...recipe }, folds: [1, 2] }, given);

const recipeOf = (name: string, model: object): object => ({ name, description: "", model });
const cnn = recipeOf("cnn", { kind: "audio-cnn" });
const gru = recipeOf("gru", { kind: "text-gru" });

async function keep(folder: string, fold: number, model: Uint8Array): Promise<void> {
  const path = foldFolder(join(root, folder), fold);
  await mkdir(path, { recursive: true });
  await writeFile(join(path, "model.onnx"), model);
}

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "undertone-serving-"));
  await keep("cnn", 2, loudness);
  await keep("gru", 1, reader);
  await keep("head", 1, head);
  await keep("cnn-emobox", 1, loudness);
  await keep("gru-emobox", 1, reader);
  await keep("head-emobox", 1, head);
  await keep("head-emobox-seed-2", 1, head);
  await keep("damaged", 1, loudness.subarray(0, 100));
});
afterAll(() => rm(root, { recursive: true, force: true }));
beforeEach(() => {
  warnings = [];
  heard.length = 0;
});

test("a network is measured by the first fold that has a model", async () => {
  const serving = await measure("cnn", cnn);
  expect(serving!.sizeBytes).toBe(loudness.length);
  expect(serving!.clipMs).toBeGreaterThan(0);
});

test("a head is measured with its encoder, which usesAudio each time", async () => {
  const serving = await measure("head", recipeOf("head", network));
  expect(serving!.sizeBytes).toBe(head.length + encoder.length);
  expect(new Set(heard)).toEqual(new Set([32_000]));
  const calls = heard.length;
  expect(calls).toBeGreaterThan(20);

  const members = [recipeOf("head", network)];
  const both = await measure("both", recipeOf("both", { kind: "ensemble", seeds: 2, members }));
  expect(both!.sizeBytes).toBe(2 * head.length + encoder.length);
  expect(heard).toHaveLength(3 * calls);
});

test("late fusion takes the model that reads too", async () => {
  const model = { kind: "fusion-late", voice: cnn, words: gru, method: "vote" };
  const serving = await measure("late", recipeOf("late", model));
  expect(serving!.sizeBytes).toBe(loudness.length + reader.length);
});

test.each([
  ["a run that only reads", "gru", gru],
  [
    "a baseline, which has no model",
    "linear",
    recipeOf("linear", { kind: "linear-probe", encoders }),
  ],
  [
    "an ensemble whose members are elsewhere",
    "far",
    recipeOf("far", { kind: "ensemble", seeds: 3, members: [recipeOf("head", network)] }),
  ],
  ["a recipe of another version", "cnn", { name: "cnn" }],
])("%s is not measured", async (_, name, recipe) => {
  expect(await measure(name, recipe)).toBeUndefined();
  expect(warnings).toEqual([]);
});

test("what cannot be opened is named, and nothing fails", async () => {
  expect(await measure("damaged", cnn)).toBeUndefined();
  const offline = new UndertoneError("file-not-found", "No net.");
  const alone = { ...options, openEncoder: () => Promise.reject(offline) };
  expect(await measure("head", recipeOf("head", network), alone)).toBeUndefined();
  expect(warnings).toEqual([
    expect.stringMatching(/damaged: its size and time are not measured\. .*ONNX/),
    expect.stringMatching(/head: its size and time are not measured\. No net\.$/),
  ]);
});

test("a cancelled download ends the measuring", async () => {
  const cancelled = new UndertoneError("cancelled", "Cancelled.");
  const given = { ...options, openEncoder: () => Promise.reject(cancelled) };
  await expect(measure("head", recipeOf("head", network), given)).rejects.toBe(cancelled);
});
