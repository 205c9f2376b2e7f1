import { expect, test } from "vitest";
import { onnxModel, onnxNode, scattered, type FileTensor } from "../../test/support/onnx-model.ts";
import { decodeModel } from "./model-proto.ts";
import { nodeRuntime } from "./runtime.node.ts";
import { Session } from "./session.ts";
import { signWeights } from "./signed-weights.ts";

const [depth, columns] = [96, 40];
const weights: FileTensor = {
  type: "uint8",
  shape: [depth, columns],
  values: scattered([depth, columns]).values.map((value) => Math.round(127 * value) + 128),
};
const zero: FileTensor = { type: "uint8", shape: [], values: [131] };

function file(inputs: readonly string[], also: Parameters<typeof onnxNode>[] = []): Uint8Array {
  return onnxModel({
    inputs: { x: ["rows", depth] },
    initializers: { weights, zero },
    nodes: [
      onnxNode("DynamicQuantizeLinear", [["x"], ["bytes", "scale", "middle"]]),
      onnxNode("MatMulInteger", [["bytes", "weights", "middle", ...inputs], ["sums"]]),
      onnxNode("Cast", [["sums"], ["y"]], { to: 1 }),
      ...also.map((given) => onnxNode(...given)),
    ],
    outputs: ["y"],
  });
}

async function outputOf(model: Uint8Array): Promise<Float32Array> {
  const session = await Session.open(nodeRuntime, model, { threads: 1 });
  const data = Float32Array.from(scattered([5, depth], 3).values);
  const { y } = await session.run({ x: { data, shape: [5, depth] } });
  await session.close();
  return y!;
}

/** ONNX's numbers of the constants' types. */
function typesIn(model: Uint8Array): Record<string, number> {
  const { initializer } = decodeModel(model).graph;
  return Object.fromEntries(initializer.map(({ name, dataType }) => [name, dataType]));
}

const unsigned = { weights: 2, zero: 2 };

/** Products as AVX2 sums them: pairs saturate. */
const saturating = { multipliesExactly: async () => false };

test("products by signed weights are those by unsigned ones, bit for bit", async () => {
  const model = file(["zero"]);
  const signed = await signWeights(nodeRuntime, decodeModel(model));
  expect(await outputOf(signed)).toEqual(await outputOf(model));
});

test("a machine that saturates keeps unsigned weights", async () => {
  const model = file(["zero"]);
  expect(typesIn(await signWeights(nodeRuntime, decodeModel(model), saturating))).toEqual(unsigned);
});

test("weights without a zero point, or that something else takes, stay as they are", async () => {
  const without = file([]);
  expect(typesIn(await signWeights(nodeRuntime, decodeModel(without)))).toEqual(unsigned);
  const shared = file(["zero"], [["Cast", [["weights"], ["floats"]], { to: 1 }]]);
  expect(typesIn(await signWeights(nodeRuntime, decodeModel(shared)))).toEqual(unsigned);
});

test("an embedding that the products take turned is signed with them", async () => {
  const model = onnxModel({
    inputs: { x: ["rows", columns] },
    initializers: { weights, zero, scale: { type: "float32", shape: [], values: [0.1] } },
    nodes: [
      onnxNode("Transpose", [["weights"], ["turned"]], { perm: [1, 0] }),
      onnxNode("DequantizeLinear", [["turned", "scale", "zero"], ["floats"]]),
      onnxNode("MatMul", [["x", "floats"], ["y"]]),
    ],
    outputs: ["y"],
  });
  const signed = await signWeights(nodeRuntime, decodeModel(model), {
    multipliesExactly: async () => true,
  });
  expect(typesIn(signed)).toEqual({ weights: 3, zero: 3, scale: 1 });
});
