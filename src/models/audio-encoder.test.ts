import { describe, expect, test } from "vitest";
import { batchSize, firstWeights, servedLogits, testNetwork } from "../../test/support/networks.ts";
import { Random } from "../shared/random.ts";
import { architectureOf, inputTensors } from "./architectures.ts";
import { Network } from "./network.ts";

const width = 288;
const longestSec = 0.5;
const tiny = { name: "moonshine-tiny", layers: [1, 3] } as const;

function architectureWith(
  encoders: readonly { name: "moonshine-tiny" | "moonshine-base"; layers: readonly number[] }[],
) {
  const model = { kind: "audio-encoder", encoders, longestSec, hidden: 8, dropout: 0 } as const;
  return architectureOf(model, { classes: 3 });
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

  test("standardises each number of each layer", async () => {
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

  test("hears through several encoders side by side", () => {
    const both = architectureWith([tiny, { name: "moonshine-base", layers: [2] }]);
    expect(both.inputs["moonshine-base.hidden"]).toEqual([frames, 1, 416]);
    const logits = both.build(new Network("inference"), inputTensors(both, 2));
    expect(logits.shape).toEqual([2, 3]);
  });
});
