import { describe, expect, test } from "vitest";
import { tinyEncoderFile } from "../../test/support/speech-encoder.ts";
import {
  batchSize,
  expectNear,
  firstWeights,
  servedLogits,
  testNetwork,
} from "../../test/support/networks.ts";
import { nodeRuntime } from "../graph/runtime.node.ts";
import { elementCount } from "../graph/tensor.ts";
import { Random } from "../shared/random.ts";
import { architectureOf, inputTensors, type DataShapes } from "./architectures.ts";
import { pickRows } from "../training/micro-batches.ts";
import { TrainingStep, type StepResult } from "../training/training-step.ts";
import { initialWeights, Network } from "./network.ts";
import type { TunedLayers } from "./speech-encoder.ts";
import { tunableLayers } from "./tunable-encoder.ts";

type Tunable = NonNullable<DataShapes["tunable"]>;

const width = 288;
const longestSec = 0.5;
const tiny = { name: "moonshine-tiny", layers: [1, 3], tuned: 0 } as const;

function architectureWith(encoders: readonly TunedLayers[], tunable: Tunable = {}, dropout = 0) {
  const tuning = { rate: 0.5, decay: 0.8 };
  const model = {
    kind: "audio-encoder",
    encoders,
    tuning,
    longestSec,
    hidden: 8,
    dropout,
  } as const;
  return architectureOf(model, { tunable, classes: 3 });
}

const architecture = architectureWith([tiny]);
const frames = architecture.inputs["moonshine-tiny.mask"]![0]!;

/** Clips of falling length: layers [frames, 2, width] and zeros behind their end. */
function clips(): Record<string, Float32Array> {
  const random = new Random("clips");
  const lengths = Array.from({ length: batchSize }, (_, row) => frames - row);
  const fill = (each: number, value: () => number): Float32Array =>
    Float32Array.from({ length: batchSize * frames * each }, (_, index) => {
      const frame = Math.floor(index / each) % frames;
      return frame < lengths[Math.floor(index / each / frames)]! ? value() : 0;
    });
  return {
    "moonshine-tiny.hidden": fill(2 * width, () => random.normal()),
    "moonshine-tiny.mask": fill(1, () => 1),
  };
}

describe("audio-encoder", () => {
  testNetwork(architecture, clips());

  test("does not hear what lies behind a clip's end", async () => {
    const inputs = clips();
    const noisy = inputs["moonshine-tiny.hidden"]!.slice();
    const mask = inputs["moonshine-tiny.mask"]!;
    for (let i = 0; i < noisy.length; i++)
      if (mask[Math.floor(i / (2 * width))] === 0) noisy[i] = 9;
    const [logits, others] = await servedLogits(architecture, firstWeights(architecture), [
      inputs,
      { ...inputs, "moonshine-tiny.hidden": noisy },
    ]);
    for (const [i, logit] of logits!.entries()) expect(others![i]).toBeCloseTo(logit, 5);
  });

  test("standardizes each number of each layer", async () => {
    const weights = firstWeights(architecture);
    const inputs = clips();
    const [logits] = await servedLogits(architecture, weights, [inputs]);
    const moments = { mean: 3, deviation: 0.5 };
    for (const [name, value] of Object.entries(moments)) {
      weights.get(`moonshine-tiny.${name}`)!.fill(value);
    }
    const moved = inputs["moonshine-tiny.hidden"]!.map((x) => 0.5 * x + 3);
    const [same] = await servedLogits(architecture, weights, [
      { ...inputs, "moonshine-tiny.hidden": moved },
    ]);
    for (const [i, logit] of logits!.entries()) expect(same![i]).toBeCloseTo(logit, 4);
  });

  test("usesAudio through several encoders side by side", () => {
    const both = architectureWith([tiny, { name: "moonshine-base", layers: [2], tuned: 0 }]);
    expect(both.inputs["moonshine-base.hidden"]).toEqual([frames, 1, 416]);
    const logits = both.build(new Network("inference"), inputTensors(both, 2));
    expect(logits.shape).toEqual([2, 3]);
  });
});

test("each half of a double output layer learns from what it is to teach, and one is served", async () => {
  const model = { kind: "audio-encoder", encoders: [tiny], longestSec, hidden: 8 } as const;
  const options = { ...model, tuning: { rate: 0.5, decay: 0.8 }, dropout: 0 };
  const [double, single] = [true, false].map((isDouble) =>
    architectureOf(options, { isDouble, classes: 3 }),
  );
  const network = new Network("training");
  double!.build(network, inputTensors(double!, batchSize));
  const weights = initialWeights(network, new Random(1));
  const targets = Float32Array.from({ length: batchSize * 3 }, (_, i) =>
    i % 3 === 1 ? 1 / batchSize : 0,
  );
  const inHalf = (half: number): Float32Array => {
    const both = new Float32Array(2 * targets.length);
    for (let row = 0; row < batchSize; row++) {
      both.set(targets.subarray(3 * row, 3 * row + 3), 6 * row + 3 * half);
    }
    return both;
  };
  const learn = async (learner: typeof architecture, aims: Float32Array): Promise<StepResult> => {
    const step = await TrainingStep.compile(nodeRuntime, learner, { batchSize });
    const result = await step.runWithMasks(weights, { inputs: clips(), targets: aims }, new Map());
    await step.close();
    return result;
  };
  const alone = await learn(single!, targets);
  const [own, others] = [await learn(double!, inHalf(0)), await learn(double!, inHalf(1))];
  expect(own.loss).toBeCloseTo(alone.loss, 5);
  expectNear(own.gradients.get("output.weight")!, alone.gradients.get("output.weight")!, 1e-5);
  expect(own.gradients.get("companions.weight")!.every((value) => value === 0)).toBe(true);
  expect(others.gradients.get("output.weight")!.every((value) => value === 0)).toBe(true);
  expect(others.gradients.get("companions.weight")!.some((value) => value !== 0)).toBe(true);
  const served = new Network("inference");
  expect(double!.build(served, inputTensors(double!, 2)).shape).toEqual([2, 3]);
  expect([...served.weights.keys()]).not.toContain("companions.weight");
});

describe("audio-encoder with tuned layers", () => {
  const file = tinyEncoderFile();
  const heard = { name: "moonshine-tiny", layers: [1, 2, 3], tuned: 1 } as const;
  const tuned = architectureWith([heard], { "moonshine-tiny": tunableLayers(file, [3]) });

  testNetwork(tuned, clips(), { tolerance: 1e-3 });

  test("is given what goes into the lowest tuned layer, and what is heard below", () => {
    expect(tuned.inputs["moonshine-tiny.hidden"]).toEqual([frames, 2, width]);
    const apart = architectureWith([{ ...heard, layers: [3], tuned: 2 }]);
    expect(apart.inputs["moonshine-tiny.hidden"]).toEqual([frames, 1, width]);
    expect(() => apart.build(new Network("inference"), inputTensors(apart, 1))).toThrow(/missing/);
  });

  test("learns from clips in parts of like length what it learns from all at once", async () => {
    const dropping = architectureWith([heard], { "moonshine-tiny": tunableLayers(file, [3]) }, 0.5);
    const rows = 3 * batchSize;
    const twice = Array.from({ length: rows }, (_, row) => row % batchSize);
    const inputs = Object.fromEntries(
      Object.entries(clips()).map(([name, values]) => {
        const size = values.length / batchSize;
        return [name, pickRows(values, twice, { from: size, to: size })];
      }),
    );
    const targets = Float32Array.from({ length: rows * 3 }, (_, i) => (i % 5 === 0 ? 1 / rows : 0));
    const network = new Network("training");
    dropping.build(network, inputTensors(dropping, rows));
    const random = new Random("mask");
    const masks = new Map(
      [...network.dropoutMasks].map(([name, { shape }]) => [
        name,
        Float32Array.from({ length: elementCount(shape) }, () => 2 * random.integer(2)),
      ]),
    );
    const weights = initialWeights(network, new Random(1));
    const results: StepResult[] = [];
    for (const isPadded of [true, false]) {
      const either = { ...dropping, isPadded };
      const step = await TrainingStep.compile(nodeRuntime, either, { batchSize: rows });
      results.push(await step.runWithMasks(weights, { inputs, targets }, masks));
      await step.close();
    }
    const [parts, whole] = results;
    expect(parts!.loss).toBeCloseTo(whole!.loss, 5);
    expectNear(parts!.logits, whole!.logits, 1e-5);
    for (const [name, values] of whole!.gradients) {
      expectNear(parts!.gradients.get(name)!, values, 1e-5);
    }
  });

  test("learns the more slowly the deeper a layer lies", () => {
    const network = new Network("training");
    const deep = architectureWith([{ ...heard, tuned: 2 }], {
      "moonshine-tiny": tunableLayers(file, [2, 3]),
    });
    deep.build(network, inputTensors(deep, 2));
    const factors = ["2.layers.2.weight", "3.layers.3.weight", "layers"].map(
      (name) => network.weights.get(`moonshine-tiny.${name}`)!.learningRateFactor,
    );
    expect(factors).toEqual([0.4, 0.5, 1]);
  });
});
