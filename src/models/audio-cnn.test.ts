import { describe, expect, test } from "vitest";
import {
  drawn,
  evaluate,
  fed,
  gradientError,
  valuesOf,
  type Fed,
} from "../../test/finite-differences.ts";
import { nodeRuntime } from "../graph/runtime.node.ts";
import { elementCount } from "../graph/tensor.ts";
import { Random } from "../shared/random.ts";
import { initialOptimizerState, optimize } from "../training/optimizers.ts";
import { TrainingStep } from "../training/training-step.ts";
import { audioCnn } from "./audio-cnn.ts";
import { inputTensors, type Architecture, type DataShapes } from "./definition.ts";
import { initialWeights, Network, type Weights } from "./network.ts";
import { attentiveStatistics, framewiseDense } from "./pooling.ts";

const architectureOf = (options: object, data: DataShapes): Architecture =>
  audioCnn.architecture!(audioCnn.schema.parse({ kind: "audio-cnn", ...options }), data);

test("the reference network has 2,492,280 trained weights", () => {
  const network = new Network("training");
  const architecture = architectureOf(
    {},
    {
      spectrogram: { rows: 128, frames: 256 },
      classes: 8,
    },
  );
  const logits = architecture.build(network, inputTensors(architecture, 4));
  expect(logits.shape).toEqual([4, 8]);
  const trained = [...network.weights.values()].filter((weight) => weight.trained);
  // Filters, scales and shifts, then the dense layers with their biases.
  const filters = 9 * (16 + 16 * 32 + 32 * 64 + 64 * 128 + 128 * 256);
  const norms = 2 * (16 + 32 + 64 + 128 + 256);
  const dense = 256 * 4 * 8 * 256 + 256 + 256 * 8 + 8;
  const count = trained.reduce((sum, { shape }) => sum + elementCount(shape), 0);
  expect(count).toBe(filters + norms + dense);
  expect(count).toBe(2_492_280);
});

const small = { channels: [4, 8], hidden: 16, dropout: 0 } as const;
const networks: readonly {
  name: string;
  model: { readonly head: string; readonly pools?: readonly (readonly [number, number])[] };
  rows: number;
  frames: number;
}[] = [
  { name: "flatten", model: { ...small, head: "flatten" }, rows: 8, frames: 12 },
  { name: "statistics", model: { ...small, head: "statistics" }, rows: 8, frames: 12 },
  {
    name: "pools that keep frames, and sizes that they do not tile",
    model: {
      ...small,
      head: "statistics",
      pools: [
        [2, 1],
        [3, 2],
      ],
    },
    rows: 9,
    frames: 13,
  },
];

const batchSize = 8;
const classes = 4;

/** Random spectrograms, and every label twice. */
function randomBatch({ inputs }: Architecture) {
  const spectrogram = drawn("spectrogram", [batchSize, ...inputs["spectrogram"]!], [0, 1]).values;
  const targets = new Float32Array(batchSize * classes);
  for (let row = 0; row < batchSize; row++)
    targets[row * classes + (row % classes)] = 1 / batchSize;
  return { inputs: { spectrogram }, targets };
}

/** Logits of the inference graph. */
async function inferredLogits(
  architecture: Architecture,
  weights: Weights,
  spectrogram: Float32Array,
): Promise<number[]> {
  const network = new Network("inference");
  const tensors = inputTensors(architecture, batchSize);
  const logits = architecture.build(network, tensors);
  const leaves: Fed[] = [...network.weights].map(([name, { tensor }]) => ({
    name,
    tensor,
    values: weights.get(name)!,
  }));
  const spectrograms = {
    name: "spectrogram",
    tensor: tensors["spectrogram"]!,
    values: spectrogram,
  };
  return (await evaluate({ logits }, [...leaves, spectrograms]))["logits"]!;
}

describe.each(networks)("audio-cnn, $name", ({ model, rows, frames }) => {
  const architecture = architectureOf(model, { spectrogram: { rows, frames }, classes });
  const batch = randomBatch(architecture);

  test("overfits one batch", async () => {
    const step = await TrainingStep.compile(nodeRuntime, architecture, { batchSize, threads: 1 });
    const weights = initialWeights(step.network, new Random(1));
    const state = initialOptimizerState();
    const options = {
      kind: "adam",
      beta1: 0.9,
      beta2: 0.999,
      epsilon: 1e-8,
      weightDecay: 0,
    } as const;
    let loss = Infinity;
    let steps = 0;
    for (; steps < 150 && loss > 0.05; steps++) {
      const result = await step.runWithMasks(weights, batch, new Map());
      loss = result.loss;
      optimize(options, state, {
        weights,
        gradients: result.gradients,
        learningRate: 0.01,
        decaying: new Set(),
      });
    }
    await step.close();
    expect(steps).toBeGreaterThan(2);
    expect(loss).toBeLessThan(0.05);
  });

  test("training and inference agree on a batch whose statistics are the running ones", async () => {
    const step = await TrainingStep.compile(nodeRuntime, architecture, { batchSize, threads: 1 });
    const weights = initialWeights(step.network, new Random(2));
    const random = new Random(3);
    for (const [name, values] of weights) {
      // A scale may turn negative in training; pooling before the norm must know.
      if (name.endsWith("scale"))
        weights.set(
          name,
          values.map((_, i) => (i % 2 === 0 ? -1 : 1) * random.uniform(0.5, 1.5)),
        );
      if (name.endsWith("shift"))
        weights.set(
          name,
          values.map(() => random.uniform(-0.5, 0.5)),
        );
    }
    const { logits, batchStatistics } = await step.runWithMasks(weights, batch, new Map());
    await step.close();
    const perChannel = new Map([
      ["blocks.0", batchSize * rows * frames],
      ["blocks.1", batchSize * Math.floor(rows / pool(0)[0]) * Math.floor(frames / pool(0)[1])],
    ]);
    for (const [name, values] of batchStatistics) {
      // Running variances are unbiased, n / (n - 1); the norm divides by n.
      const n = perChannel.get(name.split(".", 2).join("."))!;
      const factor = name.endsWith("runningVariance") ? (n - 1) / n : 1;
      weights.set(
        name,
        values.map((value) => value * factor),
      );
    }
    const inferred = await inferredLogits(architecture, weights, batch.inputs.spectrogram);
    const largest = Math.max(...logits.map(Math.abs));
    expect(largest).toBeGreaterThan(0.1);
    for (const [i, value] of inferred.entries())
      expect(Math.abs(value - logits[i]!)).toBeLessThan(1e-4);
  });

  const pool = (block: number): readonly [number, number] => model.pools?.[block] ?? [2, 2];
});

test("a batch of spectrograms that are the same everywhere has finite gradients", async () => {
  const architecture = architectureOf(networks[0]!.model, {
    spectrogram: { rows: 64, frames: 64 },
    classes,
  });
  const step = await TrainingStep.compile(nodeRuntime, architecture, { batchSize, threads: 1 });
  const weights = initialWeights(step.network, new Random(1));
  const inputs = { spectrogram: new Float32Array(batchSize * 64 * 64).fill(1) };
  const { targets } = randomBatch(architecture);
  const result = await step.runWithMasks(weights, { inputs, targets }, new Map());
  await step.close();
  expect(result.loss).toBeLessThan(100);
  for (const values of [...result.gradients.values(), ...result.batchStatistics.values()]) {
    expect(values.every(Number.isFinite)).toBe(true);
  }
});

test("dropout silences a share of the elements in training and none in inference", () => {
  const architecture = architectureOf({}, { spectrogram: { rows: 32, frames: 32 }, classes });
  const [training, inference] = [new Network("training"), new Network("inference")];
  for (const network of [training, inference]) {
    architecture.build(network, inputTensors(architecture, 2));
  }
  expect([...training.dropoutMasks]).toEqual([["dropout.mask", { shape: [2, 256], rate: 0.5 }]]);
  expect(inference.dropoutMasks.size).toBe(0);
  expect([...training.weights.keys()]).toEqual([...inference.weights.keys()]);
});

/** Values for all weights of a network, as leaves of a graph. */
function leavesOf(network: Network): Fed[] {
  const weights = initialWeights(network, new Random(4));
  return [...network.weights].map(([name, { tensor }]) => ({
    name,
    tensor,
    values: weights.get(name)!,
  }));
}

describe("attentive statistics", () => {
  const x = drawn("x", [2, 3, 7], [-1, 1]);

  test("gradients agree with differences", async () => {
    const network = new Network("training");
    const y = attentiveStatistics(network, "pooling", { x: x.tensor });
    expect(y.shape).toEqual([2, 6]);
    expect(await gradientError(y, [x, ...leavesOf(network)])).toBeLessThan(2e-3);
  });

  test("gradients agree with differences under a mask, and frames behind it have none", async () => {
    const mask = fed("mask", [2, 1, 7], [1, 1, 1, 1, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1]);
    const network = new Network("training");
    const y = attentiveStatistics(network, "pooling", { x: x.tensor, mask: mask.tensor });
    const leaves = [x, ...leavesOf(network)];
    expect(await gradientError(y, leaves, [mask])).toBeLessThan(2e-3);
    const further = x.values.map((value, i) => (i % 7 < 4 ? value : 9));
    const before = await valuesOf(y, [...leaves, mask]);
    const after = await valuesOf(y, [{ ...x, values: further }, ...leavesOf(network), mask]);
    expect(after.slice(0, 6)).toEqual(before.slice(0, 6));
  });

  test("with even attention are the mean and the deviation over time", async () => {
    const network = new Network("training");
    const y = attentiveStatistics(network, "pooling", { x: x.tensor });
    const even = leavesOf(network).map((leaf) => ({ ...leaf, values: leaf.values.fill(0) }));
    const { y: actual } = await evaluate({ y }, [x, ...even]);
    for (let row = 0; row < 2; row++) {
      for (let channel = 0; channel < 3; channel++) {
        const start = (row * 3 + channel) * 7;
        const frames = [...x.values.subarray(start, start + 7)];
        const mean = frames.reduce((sum, v) => sum + v, 0) / 7;
        const variance = frames.reduce((sum, v) => sum + (v - mean) ** 2, 0) / 7;
        expect(actual![row * 6 + channel]).toBeCloseTo(mean, 5);
        expect(actual![row * 6 + 3 + channel]).toBeCloseTo(Math.sqrt(variance), 5);
      }
    }
  });
});

test("a framewise dense layer is the same product at each frame", async () => {
  const x = drawn("x", [2, 3, 4]);
  const network = new Network("training");
  const y = framewiseDense(network, "dense", { x: x.tensor, units: 5 });
  const leaves = leavesOf(network);
  const [weight, bias] = [leaves[0]!.values, leaves[1]!.values];
  const { y: actual } = await evaluate({ y }, [x, ...leaves]);
  for (let row = 0; row < 2; row++) {
    for (let unit = 0; unit < 5; unit++) {
      for (let frame = 0; frame < 4; frame++) {
        let sum = bias[unit]!;
        for (let i = 0; i < 3; i++)
          sum += weight[unit * 3 + i]! * x.values[(row * 3 + i) * 4 + frame]!;
        expect(actual![(row * 5 + unit) * 4 + frame]).toBeCloseTo(sum, 5);
      }
    }
  }
});

test("two weights of one name are refused", () => {
  const network = new Network("training");
  network.parameter("a", [1], () => new Float32Array(1));
  expect(() => network.runningStatistic("a", [1], () => new Float32Array(1))).toThrow(/named a/);
});
