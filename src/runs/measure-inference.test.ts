import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { loudnessModelFile } from "../../test/support/loudness-model.ts";
import { firstWeights } from "../../test/support/networks.ts";
import { tinyEncoderFile } from "../../test/support/speech-encoder.ts";
import { wordModelFile } from "../../test/support/word-model.ts";
import { nodeRuntime } from "../graph/runtime.node.ts";
import { audioEncoder } from "../models/audio-encoder.ts";
import { exportBundle } from "../models/bundle.ts";
import { SpeechEncoder, type OpenEncoder } from "../models/speech-encoder.ts";
import { parseExperiment } from "../recipes/recipe.ts";
import { UndertoneError } from "../shared/errors.ts";
import { measureInference } from "./measure-inference.ts";
import { foldFolder } from "./run-folder.ts";

const network = audioEncoder.schema.parse({
  kind: "audio-encoder",
  encoders: [{ name: "moonshine-tiny", layers: [1, 3] }],
  longestSec: 2,
  hidden: 8,
});

const { recipe } = await parseExperiment({ name: "head", model: network }, "head");

/** A head over an encoder, with a window that is shorter than the clip. */
function headFile(): Uint8Array {
  const architecture = audioEncoder.architecture!(network, { classes: 2 });
  return exportBundle({
    architecture,
    frontEnd: recipe.features,
    speechEncoders: network,
    weights: firstWeights(architecture),
    card: { name: "head", labels: ["sad", "angry"], temperature: 1, provenance: {} },
  });
}

const loudness = loudnessModelFile();
const words = wordModelFile();
const head = headFile();
const encoder = tinyEncoderFile();

let root = "";
let warnings: string[] = [];
const encoded: number[] = [];

const openEncoder: OpenEncoder = async (asked) => {
  const opened = await SpeechEncoder.open(nodeRuntime, encoder, { ...asked, threads: 1 });
  return {
    encode: (samples, longestSec) => {
      encoded.push(samples.length);
      return opened.encode(samples, longestSec);
    },
    encodeWhole: (speech) => opened.encodeWhole(speech),
    close: () => opened.close(),
  };
};
const options = {
  runtime: nodeRuntime,
  openEncoder,
  encoderFile: async () => encoder,
  openSentenceEncoder: () => Promise.reject(new Error("no model here takes sentences")),
  logger: { info: () => {}, warn: (message: string) => warnings.push(message) },
};

const measure = (
  name: string,
  members: readonly string[] = [],
  given = options,
): ReturnType<typeof measureInference> => {
  const combined = {
    method: "mean" as const,
    members: members.map((own) => ({ name: own, runFolder: `../${own}`, kind: "any", seed: 1 })),
  };
  const info = { folds: [1, 2], ...(members.length > 0 && { combined }) };
  return measureInference(join(root, name), info, given);
};

async function keep(folder: string, fold: number, model: Uint8Array): Promise<void> {
  const path = foldFolder(join(root, folder), fold);
  await mkdir(path, { recursive: true });
  await writeFile(join(path, "model.onnx"), model);
}

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "undertone-inference-"));
  await keep("cnn", 2, loudness);
  await keep("gru", 1, words);
  await keep("head", 1, head);
  await keep("head-2", 1, head);
  await keep("damaged", 1, loudness.subarray(0, 100));
});
afterAll(() => rm(root, { recursive: true, force: true }));
beforeEach(() => {
  warnings = [];
  encoded.length = 0;
});

test("a network is measured by the first fold that has a model", async () => {
  const inference = await measure("cnn");
  expect(inference!.sizeBytes).toBe(loudness.length);
  expect(inference!.clipMs).toBeGreaterThan(0);
});

test("a head is measured with its encoder, which encodes each time", async () => {
  const inference = await measure("head");
  expect(inference!.sizeBytes).toBe(head.length + encoder.length);
  expect(new Set(encoded)).toEqual(new Set([32_000]));
  const calls = encoded.length;
  expect(calls).toBeGreaterThan(20);

  const both = await measure("both", ["head", "head-2"]);
  expect(both!.sizeBytes).toBe(2 * head.length + encoder.length);
  expect(encoded).toHaveLength(3 * calls);
});

test("a combined run without a model file is measured by its members, those of words too", async () => {
  const inference = await measure("late", ["cnn", "gru"]);
  expect(inference!.sizeBytes).toBe(loudness.length + words.length);
});

test("a combined run with a model file is measured by it", async () => {
  const inference = await measure("cnn", ["head", "gru"]);
  expect(inference!.sizeBytes).toBe(loudness.length);
});

test.each([
  ["a run of a text model", "gru", []],
  ["a run without a model", "linear", []],
  ["a combined run of text models", "texts", ["gru", "gru"]],
  ["a combined run whose members are elsewhere", "far", ["head", "nowhere"]],
])("%s is not measured", async (_, name, members) => {
  expect(await measure(name, members)).toBeUndefined();
  expect(warnings).toEqual([]);
});

test("what cannot be opened is named, and nothing fails", async () => {
  expect(await measure("damaged")).toBeUndefined();
  const offline = new UndertoneError("file-not-found", "No net.");
  const alone = { ...options, openEncoder: () => Promise.reject(offline) };
  expect(await measure("head", [], alone)).toBeUndefined();
  expect(warnings).toEqual([
    expect.stringMatching(/damaged: its size and time are not measured\. .*ONNX/),
    expect.stringMatching(/head: its size and time are not measured\. No net\.$/),
  ]);
});

test("a cancelled download ends the measuring", async () => {
  const cancelled = new UndertoneError("cancelled", "Cancelled.");
  const given = { ...options, openEncoder: () => Promise.reject(cancelled) };
  await expect(measure("head", [], given)).rejects.toBe(cancelled);
});
