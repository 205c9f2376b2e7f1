/** Imports the published encoders where they are on this machine, and is skipped where they are not. */
import { readFile } from "node:fs/promises";
import { create, toBinary } from "@bufbuild/protobuf";
import { ModelProtoSchema, ValueInfoProtoSchema } from "onnx-buf";
import { describe, expect, test } from "vitest";
import { drawn, fed, type Fed } from "../../../test/finite-differences.ts";
import { synthesizeVoice } from "../../../test/support/voice.ts";
import { modelFiles } from "../../downloads/model-files.ts";
import { emitModel } from "../emit.ts";
import { gradients } from "../gradients.ts";
import { decodeModel } from "../model-proto.ts";
import { multiply } from "../operators/arithmetic.ts";
import { reduceSum } from "../operators/reduce.ts";
import { nodeRuntime } from "../runtime.node.ts";
import { Session, type Feeds } from "../session.ts";
import { constant, input } from "../tensor.ts";
import { importGraph } from "./import-graph.ts";
import { parseOnnx } from "./onnx-file.ts";

const sampleRate = 16_000;
/** Ten times what they take on a quiet machine. */
const timeout = 120_000;

async function encoderOf(
  name: "moonshine-tiny-float" | "moonshine-tiny" | "moonshine-base",
): Promise<Uint8Array | undefined> {
  const files = await modelFiles(name, { offline: true }).catch(() => undefined);
  return files && readFile(files.encoder);
}

/** What ONNX Runtime computes for tensors inside a file, by their names. */
async function innerTensors(
  bytes: Uint8Array,
  names: readonly string[],
  feeds: Feeds,
): Promise<Record<string, Float32Array>> {
  const model = decodeModel(bytes);
  const type = { value: { case: "tensorType" as const, value: { elemType: 1 } } };
  model.graph.output = names.map((name) => create(ValueInfoProtoSchema, { name, type }));
  return results(toBinary(ModelProtoSchema, model), feeds);
}

async function results(model: Uint8Array, feeds: Feeds): Promise<Record<string, Float32Array>> {
  const session = await Session.open(nodeRuntime, model, { threads: 1 });
  const outputs = await session.run(feeds);
  await session.close();
  return outputs;
}

/** Root mean square of the difference, as a share of that of the expected values. */
function relativeError(actual: Float32Array, expected: Float32Array): number {
  let [difference, size] = [0, 0];
  for (const [index, value] of expected.entries()) {
    difference += (value - actual[index]!) ** 2;
    size += value ** 2;
  }
  return Math.sqrt(difference / size);
}

describe.each([
  { name: "moonshine-tiny-float", layers: 6, width: 288, tolerance: 1e-5 },
  // The files round what flows between layers to bytes; the import does not.
  { name: "moonshine-tiny", layers: 6, width: 288, tolerance: 0.1 },
  { name: "moonshine-base", layers: 8, width: 416, tolerance: 0.1 },
] as const)("the encoder of $name", async ({ name, layers, width, tolerance }) => {
  const bytes = await encoderOf(name);
  const samples = synthesizeVoice(2, { sampleRate, level: 0.3 });
  const shape = [2, sampleRate];
  const feeds = { input_values: { data: samples, shape } };
  const taps = Array.from({ length: layers }, (_, layer) => `/layers.${layer}/Add_1`);

  test.skipIf(bytes === undefined)(
    "gives what the file gives, layer by layer",
    { timeout },
    async () => {
      const outputs = importGraph(parseOnnx(bytes!), {
        inputs: { input_values: input("input_values", shape) },
        outputs: [...taps, "last_hidden_state"],
      });
      expect(outputs["/layers.1/Add_1"]!.shape).toEqual([2, 40, width]);
      const expected = await innerTensors(
        bytes!,
        [...taps.map((tap) => `${tap}_output_0`), "last_hidden_state"],
        feeds,
      );
      const actual = await results(emitModel({ outputs, freeBatch: true }), feeds);
      for (const tap of [...taps, "last_hidden_state"]) {
        const wanted = expected[tap] ?? expected[`${tap}_output_0`];
        expect(relativeError(actual[tap]!, wanted!)).toBeLessThan(tolerance);
      }
    },
  );
});

describe("the gradient of Moonshine tiny", async () => {
  const bytes = await encoderOf("moonshine-tiny-float");
  const shape = [1, 4000];
  const wave = synthesizeVoice(0.25, { sampleRate, level: 0.3 });

  test.skipIf(bytes === undefined)("is the slope of its loss, by every weight", async () => {
    const weights: Fed[] = [];
    const { last_hidden_state: last } = importGraph(parseOnnx(bytes!), {
      inputs: { input_values: input("input_values", shape) },
      outputs: ["last_hidden_state"],
      weight: (name, { shape: weightShape, values }) => {
        if (name.startsWith("/")) return undefined;
        const leaf = fed(name, weightShape, values);
        weights.push(leaf);
        return leaf.tensor;
      },
    });
    const projection = drawn("projection", last!.shape);
    const loss = reduceSum(multiply(last!, constant(projection.values, last!.shape)), {
      axes: [0, 1, 2],
    });
    const byWeight = gradients(
      loss,
      weights.map(({ tensor }) => tensor),
    );
    const outputs = Object.fromEntries(byWeight.map((gradient, index) => [`g${index}`, gradient]));
    const feedsAt = (distance: number, directions: readonly Float32Array[]): Feeds =>
      Object.fromEntries([
        ["input_values", { data: wave, shape }],
        ...weights.map(({ name, values, tensor }, index) => {
          const direction = directions[index];
          const data =
            direction === undefined
              ? values
              : values.map((value, at) => value + distance * direction[at]!);
          return [name, { data, shape: tensor.shape }];
        }),
      ]);
    const found = await results(emitModel({ outputs }), feedsAt(0, []));
    // Uphill along each weight, as far as the loss should rise by 1: all weights count alike.
    const uphill = weights.map((_, index) => {
      const gradient = found[`g${index}`]!;
      const squares = gradient.reduce((sum, value) => sum + value ** 2, 0);
      return gradient.map((value) => value / squares);
    });
    const session = await Session.open(nodeRuntime, emitModel({ outputs: { loss } }), {
      threads: 1,
    });
    const lossAt = async (distance: number): Promise<number> =>
      (await session.run(feedsAt(distance, uphill)))["loss"]![0]!;
    const step = 5e-3;
    const slope = ((await lossAt(step)) - (await lossAt(-step))) / (2 * step);
    await session.close();
    expect(weights.length).toBe(68);
    expect(Math.abs(slope - weights.length)).toBeLessThan(0.2);
  });
});
