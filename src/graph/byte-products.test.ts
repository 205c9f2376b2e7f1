import { create, toBinary } from "@bufbuild/protobuf";
import { AttributeProtoSchema, GraphProtoSchema, ModelProtoSchema } from "onnx-buf";
import { expect, test } from "vitest";
import { onnxModel, onnxNode, scattered, type FileTensor } from "../../test/support/onnx-model.ts";
import { multiplyInBytes } from "./byte-products.ts";
import { decodeModel } from "./model-proto.ts";
import { nodeRuntime } from "./runtime.node.ts";
import { Session } from "./session.ts";

const [depth, columns] = [64, 48];
const bytes = scattered([columns, depth]).values.map((value) => Math.round(127 * value) + 100);
const scalar = (type: FileTensor["type"], value: number): FileTensor => ({
  type,
  shape: [],
  values: [value],
});

/** x · restored bytes, which lie transposed as in a table of embeddings. */
const fileWith = (scale: FileTensor, outputs: readonly string[] = ["y"]): Uint8Array =>
  onnxModel({
    inputs: { x: [1, depth] },
    initializers: {
      table: { type: "uint8", shape: [columns, depth], values: bytes },
      scale,
      zero: { ...scale, type: "uint8", values: scale.values.map(() => 100) },
    },
    nodes: [
      onnxNode("Transpose", [["table"], ["bytes"]], { perm: [1, 0] }),
      onnxNode("DequantizeLinear", [["bytes", "scale", "zero"], ["weights"]], { axis: 1 }),
      onnxNode("MatMul", [["x", "weights"], ["y"]]),
    ],
    outputs,
  });

async function outputOf(file: Uint8Array, x: Float32Array): Promise<Float32Array> {
  const session = await Session.open(nodeRuntime, file, { threads: 1 });
  const { y } = await session.run({ x: { data: x, shape: [1, depth] } });
  await session.close();
  return y!;
}

const x = Float32Array.from(scattered([1, depth], 3).values);

test("weights in bytes are multiplied as bytes, to nearly the same products", async () => {
  const file = fileWith(scalar("float32", 0.01));
  const rewritten = multiplyInBytes(file);
  const operators = decodeModel(rewritten).graph.node.map(({ opType }) => opType);
  expect(operators).toContain("MatMulInteger");
  expect(operators.filter((name) => /^(MatMul|DequantizeLinear)$/.test(name))).toEqual([]);
  const exact = await outputOf(file, x);
  const rounded = await outputOf(rewritten, x);
  expect(rounded).not.toEqual(exact);
  // 64 factors rounded to steps of 2 / 255, times weights up to 1.27: a deviation of 0.016.
  for (const [column, value] of exact.entries()) {
    expect(Math.abs(rounded[column]! - value)).toBeLessThan(0.08);
  }
  expect(Math.max(...exact)).toBeGreaterThan(1);
});

test("a branch is rewritten too, by the constants around it", () => {
  const model = decodeModel(fileWith(scalar("float32", 0.01)));
  const graph = model.graph;
  const g = create(GraphProtoSchema, { node: graph.node, output: graph.output });
  graph.node = [onnxNode("If", [["isWarm"], ["y"]])];
  graph.node[0]!.attribute = [create(AttributeProtoSchema, { name: "then_branch", g })];
  const [branching] = decodeModel(multiplyInBytes(toBinary(ModelProtoSchema, model))).graph.node;
  const operators = branching!.attribute[0]!.g!.node.map(({ opType }) => opType);
  expect(operators.slice(0, 3)).toEqual(["Transpose", "DynamicQuantizeLinear", "MatMulInteger"]);
});

test("what else takes the restored weights still has them", async () => {
  const file = multiplyInBytes(fileWith(scalar("float32", 0.5), ["y", "weights"]));
  const session = await Session.open(nodeRuntime, file, { threads: 1 });
  const { weights } = await session.run({ x: { data: x, shape: [1, depth] } });
  await session.close();
  expect(weights![1]).toBe(0.5 * (bytes[depth]! - 100));
});

test("weights of which each column has a scale stay as they are", async () => {
  const scales = { type: "float32", shape: [columns], values: bytes.slice(0, columns) } as const;
  const file = fileWith(scales);
  expect(decodeModel(multiplyInBytes(file)).graph.node).toEqual(decodeModel(file).graph.node);
});
