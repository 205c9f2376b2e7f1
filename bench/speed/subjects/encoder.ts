import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { modelFiles } from "../../../src/downloads/model-files.ts";
import { emitModel } from "../../../src/graph/emit.ts";
import { importGraph } from "../../../src/graph/import/import-graph.ts";
import { parseOnnx, type OnnxFile } from "../../../src/graph/import/onnx-file.ts";
import { reduceMean } from "../../../src/graph/operators/reduce.ts";
import { nodeRuntime } from "../../../src/graph/runtime.node.ts";
import { Session } from "../../../src/graph/session.ts";
import { input } from "../../../src/graph/tensor.ts";
import type { Architecture } from "../../../src/models/definition.ts";
import { encoderSampleRate, speechEncoders } from "../../../src/models/encoder-layers.ts";
import { dense } from "../../../src/models/layers.ts";
import { parseExperiment } from "../../../src/recipes/recipe.ts";
import { FeatureExtractor, featurePlan } from "../../../src/runs/clip-features.ts";
import { extractAll } from "../../../src/runs/extract-all.ts";
import { FeatureCache } from "../../../src/runs/feature-cache.ts";
import { nodeRunOptions } from "../../../src/runs/node-options.ts";
import { emotions } from "../../../src/shared/emotions.ts";
import { Random } from "../../../src/shared/random.ts";
import type { Batch } from "../../../src/training/training-step.ts";
import { medianSeconds } from "../measure.ts";
import { randomTargets } from "./random-targets.ts";
import { trainingRate, type TrainingJob } from "./training-loop.ts";

interface EncoderOptions {
  readonly threads: number;
  readonly seconds: number;
}

/** What `peers/encoder.py` measures too. */
export const encoderSetting = {
  encoder: "moonshine-tiny-float",
  batchSize: 8,
  clipSec: 2,
} as const;

const { encoder, batchSize, clipSec } = encoderSetting;
const samples = clipSec * encoderSampleRate;
const classes = emotions.length;
const lastLayer = "last_hidden_state";

/**
 * The bytes of the encoder's file in the model store.
 * @throws UndertoneError `file-not-found` where it is not there
 */
export async function readEncoder(): Promise<Uint8Array> {
  const files = await modelFiles(encoder, { offline: true });
  return readFile(files.encoder);
}

/** The whole encoder, imported and trained, and a linear head over its mean in time. */
export function encoderArchitecture(file: OnnxFile): Architecture {
  return {
    inputs: { input_values: [samples] },
    classes,
    build: (network, inputs) => {
      const { [lastLayer]: last } = importGraph(file, {
        inputs,
        outputs: [lastLayer],
        weight: (name, { shape, values }) =>
          name.startsWith("/") ? undefined : network.parameter(name, shape, () => values.slice()),
      });
      return dense(network, "output", { x: reduceMean(last!, { axes: [1] }), units: classes });
    },
  };
}

/** Noise, which takes as long as speech does. */
export function drawClips(clips: number): Float32Array {
  const random = new Random("clips");
  return Float32Array.from({ length: clips * samples }, () => 0.1 * random.normal());
}

/** Noise of random classes. */
export function drawEncoderBatch(): Batch {
  const targets = randomTargets(batchSize, new Random("classes"));
  return { inputs: { input_values: drawClips(batchSize) }, targets };
}

/** All of the encoder's weights with AdamW. */
export async function encoderTraining(): Promise<TrainingJob> {
  return {
    architecture: encoderArchitecture(parseOnnx(await readEncoder())),
    batch: drawEncoderBatch(),
    batchSize,
    training: {
      learningRate: 1e-4,
      optimizer: { kind: "adamw", beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.01 },
      schedule: { kind: "constant" },
    },
  };
}

/** Clips per second in training all of the encoder's weights. */
export async function measureEncoderTraining(options: EncoderOptions): Promise<number> {
  return trainingRate(await encoderTraining(), options);
}

/** Clips per second, one at a time, through the imported encoder with its weights as constants. */
export async function measureEncoderInference(options: EncoderOptions): Promise<number> {
  const outputs = importGraph(parseOnnx(await readEncoder()), {
    inputs: { input_values: input("input_values", [1, samples]) },
    outputs: [lastLayer],
  });
  return inferenceRate(emitModel({ outputs }), options);
}

/** The same through the file as it was published, which the product does while an encoder is frozen. */
export async function measureEncoderFile(options: EncoderOptions): Promise<number> {
  return inferenceRate(await readEncoder(), options);
}

async function inferenceRate(
  model: Uint8Array,
  { threads, seconds }: EncoderOptions,
): Promise<number> {
  const session = await Session.open(nodeRuntime, model, { threads });
  const feeds = { input_values: { data: drawClips(1), shape: [1, samples] } };
  const runSec = await medianSeconds(() => session.run(feeds), seconds);
  await session.close();
  return 1 / runSec;
}

/**
 * Recordings per second from file to all layers of the frozen encoder in the cache, as in training: from the tenth that is done,
 * when all threads are at it, to the last.
 */
export async function measureEncoderFeatures({
  recordings,
  threads: count,
}: EncoderOptions & { readonly recordings: readonly string[] }): Promise<number> {
  const layers = Array.from({ length: speechEncoders[encoder].layers }, (_, layer) => layer);
  const model = { kind: "linear-probe", encoders: [{ name: encoder, layers }] };
  const plan = featurePlan(await parseExperiment({ name: "bench", model }, "the benchmark"));
  const cacheFolder = await mkdtemp(join(tmpdir(), "undertone-bench-"));
  const logger = { info: () => {}, warn: () => {} };
  const options = nodeRunOptions({ threads: count, onProgress: () => {}, logger });
  const threads = await options.startFeatureThreads!({ plan, cacheFolder });
  const cache = await FeatureCache.open(cacheFolder);
  const extractor = await FeatureExtractor.open(plan, { ...options, cache });
  const clips = recordings.map((path) => ({ id: path, path, emotion: "neutral", speakerId: "1" }));
  const doneAt: number[] = [];
  await extractAll(extractor, clips, {
    onProgress: () => doneAt.push(performance.now()),
    onBadClip: (_, error) => {
      throw error;
    },
    threads,
  });
  await Promise.all([extractor.close(), threads?.close()]);
  await rm(cacheFolder, { recursive: true });
  const counted = doneAt.slice(10);
  return (1000 * (counted.length - 1)) / (counted.at(-1)! - counted[0]!);
}
