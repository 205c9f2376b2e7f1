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
import { pickRows } from "../training/micro-batches.ts";
import { TrainingStep, type StepResult } from "../training/training-step.ts";
import { audioEncoder } from "./audio-encoder.ts";
import { inputTensors, type DataShapes } from "./definition.ts";
import type { TunedLayers } from "./encoder-layers.ts";
import { initialWeights, Network } from "./network.ts";
import { tunableLayers } from "./tunable-encoder.ts";

type Tunable = NonNullable<DataShapes["tunable"]>;

const width = 288;
const longestSec = 0.5;
const tiny = { name: "moonshine-tiny", layers: [1, 3], tuned: 0 } as const;

function architectureWith(encoders: readonly TunedLayers[], tunable: Tunable = {}, dropout = 0) {
  const tuning = { rate: 0.5, decay: 0.8 };
  const options = { kind: "audio-encoder", encoders, tuning, longestSec, hidden: 8, dropout };
  return audioEncoder.architecture!(audioEncoder.schema.parse(options), { tunable, classes: 3 });
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

  test("ignores what lies behind a clip's end", async () => {
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

  test("takes several encoders side by side", () => {
    const both = architectureWith([tiny, { name: "moonshine-base", layers: [2], tuned: 0 }]);
    expect(both.inputs["moonshine-base.hidden"]).toEqual([frames, 1, 416]);
    const logits = both.build(new Network("inference"), inputTensors(both, 2));
    expect(logits.shape).toEqual([2, 3]);
  });
});

describe("audio-encoder with fine-tuned layers", () => {
  const file = tinyEncoderFile();
  const selection = { name: "moonshine-tiny", layers: [1, 2, 3], tuned: 1 } as const;
  const tuned = architectureWith([selection], { "moonshine-tiny": tunableLayers(file, [3]) });

  testNetwork(tuned, clips(), { tolerance: 1e-3 });

  test("is given what goes into the lowest fine-tuned layer, and the layers below", () => {
    expect(tuned.inputs["moonshine-tiny.hidden"]).toEqual([frames, 2, width]);
    const apart = architectureWith([{ ...selection, layers: [3], tuned: 2 }]);
    expect(apart.inputs["moonshine-tiny.hidden"]).toEqual([frames, 1, width]);
    expect(() => apart.build(new Network("inference"), inputTensors(apart, 1))).toThrow(/missing/);
  });

  test("learns from clips in parts of like length what it learns from all at once", async () => {
    const dropping = architectureWith(
      [selection],
      { "moonshine-tiny": tunableLayers(file, [3]) },
      0.5,
    );
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

  test("trains a layer the more slowly the deeper it lies", () => {
    const network = new Network("training");
    const deep = architectureWith([{ ...selection, tuned: 2 }], {
      "moonshine-tiny": tunableLayers(file, [2, 3]),
    });
    deep.build(network, inputTensors(deep, 2));
    const factors = ["2.layers.2.weight", "3.layers.3.weight", "layers"].map(
      (name) => network.weights.get(`moonshine-tiny.${name}`)!.learningRateFactor,
    );
    expect(factors).toEqual([0.4, 0.5, 1]);
  });
});
