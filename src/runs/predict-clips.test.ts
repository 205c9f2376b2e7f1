import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { syllables } from "../../test/sounds.ts";
import { encodeWav } from "../audio/wav.ts";
import type { Clip } from "../datasets/manifest.ts";
import { emitModel } from "../graph/emit.ts";
import { softmax } from "../graph/operators/activation.ts";
import { multiply } from "../graph/operators/arithmetic.ts";
import { concatenate, reshape } from "../graph/operators/layout.ts";
import { reduceMean } from "../graph/operators/reduce.ts";
import { nodeRuntime } from "../graph/runtime.node.ts";
import { elementCount, input, scalar, type Tensor } from "../graph/tensor.ts";
import { lowLevelDescriptors } from "../models/low-level-descriptors.ts";
import { readModelCard } from "../models/model-card.ts";
import { FeatureCache } from "./feature-cache.ts";
import { ClipClassifier, type ClipWithInputs } from "./predict-clips.ts";

const sampleRate = 8000;
const windowSec = 0.5;
const descriptors = { nFft: 256, hopLength: 250, frames: 16, rangeDb: 80 };
const words = { length: 2, vocabulary: ["glad"] };

/** Half a second of speech, a second after the start. */
const sound = syllables(2.5, sampleRate, { startSec: 1, endSec: 1.5 });
const spoken = sound.subarray(sampleRate, 1.5 * sampleRate);

let folder = "";
let clip: Clip;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "undertone-classifier-"));
  const path = join(folder, "clip.wav");
  await writeFile(path, encodeWav(sound, sampleRate));
  clip = { id: "clip", path, emotion: "sad", speakerId: "a" };
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const mean = (x: Tensor): Tensor => {
  const flat = reshape(x, [1, elementCount(x.shape)]);
  return reduceMean(flat, { axes: [1], keepAxes: true });
};

/** A model whose logits are the window's power, the descriptors' mean and the words' confidence. */
async function openClassifier(window: string): Promise<ClipClassifier> {
  const waveform = input("waveform", [1, windowSec * sampleRate]);
  const logits = [
    multiply(mean(multiply(waveform, waveform)), scalar(100)),
    mean(input("descriptors", [1, 8, descriptors.frames])),
    input("wordConfidence", [1, 1]),
  ];
  const card = {
    name: "stub",
    labels: ["sad", "happy", "angry"],
    temperature: 1,
    window,
    provenance: {},
    sampleRate,
    windowSec,
    descriptors,
    words,
  };
  const bytes = emitModel({
    outputs: { probabilities: softmax(concatenate(logits, 1)) },
    freeBatch: true,
    metadata: { undertone: JSON.stringify(card) },
  });
  return ClipClassifier.open(bytes, readModelCard(bytes), {
    cache: await FeatureCache.open(join(folder, "features")),
    runtime: nodeRuntime,
    openEncoder: () => Promise.reject(new Error("not asked for")),
    threads: 1,
  });
}

/** What the logits of a clip are, but for a constant that a softmax takes away. */
async function logitsOf(
  classifier: ClipClassifier,
  ...clips: readonly Clip[]
): Promise<number[][]> {
  const read: ClipWithInputs[] = [];
  for (const each of clips) read.push(await classifier.read(each));
  const predictions = await classifier.predict(read);
  return predictions.map((all) => [...all].map((p) => Math.log(p / all[2]!)));
}

const power = (samples: Float32Array): number =>
  samples.reduce((sum, sample) => sum + sample ** 2, 0) / samples.length;

test("a clip is predicted by its window where training laid it, with its descriptors", async () => {
  const atStart = await openClassifier("start");
  const onSpeech = await openClassifier("speech");
  const [silent] = await logitsOf(atStart, clip);
  const [loud] = await logitsOf(onSpeech, clip);
  await Promise.all([atStart.close(), onSpeech.close()]);
  expect(silent![0]).toBeCloseTo(0, 4);
  expect(loud![0]! / (100 * power(spoken))).toBeGreaterThan(0.9);
  const silence = lowLevelDescriptors(new Float32Array(windowSec * sampleRate), {
    sampleRate,
    ...descriptors,
  });
  const expected = silence.reduce((a, b) => a + b, 0) / silence.length;
  expect(silent![1]).toBeCloseTo(expected, 4);
  expect(Math.abs(loud![1]! - expected)).toBeGreaterThan(0.1);
});

test("a model with words is given the corpus's, and none where there are none", async () => {
  const classifier = await openClassifier("speech");
  const clips = ["so glad", undefined, "other words"].map((transcript) => ({
    ...clip,
    ...(transcript !== undefined && { transcript }),
  }));
  const [known, without, unknown] = await logitsOf(classifier, ...clips);
  await classifier.close();
  // The words' confidence is what the other logits are told against.
  expect(without![0]! - known![0]!).toBeCloseTo(1, 4);
  expect(unknown![0]).toBeCloseTo(known![0]!, 4);
});

test("a clip whose file is gone is an error that names it", async () => {
  const classifier = await openClassifier("speech");
  const path = join(folder, "gone.wav");
  await expect(classifier.read({ ...clip, path })).rejects.toMatchObject({
    code: "file-not-found",
    message: expect.stringContaining("gone.wav"),
  });
  await classifier.close();
});
