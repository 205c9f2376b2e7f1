import { expect, test } from "vitest";
import { floats, onnxModel, onnxNode, type FileTensor } from "../../test/support/onnx-model.ts";
import { withLowRank, type LowRank } from "./low-rank.ts";
import { nodeRuntime } from "./runtime.node.ts";
import { Session } from "./session.ts";

const weight = [1, 2, 3, 4, 5, 6]; // [2, 3]
const addition: LowRank = {
  rank: 1,
  down: Float32Array.of(1, -1),
  up: Float32Array.of(10, 20, 30),
};
const x = [2, 1];
/** x · weight, and x · down · up. */
const [own, added] = [
  [6, 9, 12],
  [10, 20, 30],
];

const floatFile = onnxModel({
  inputs: { x: ["batch", 2] },
  outputs: ["y"],
  initializers: { weight: floats([2, 3], weight) },
  nodes: [
    onnxNode("MatMul", [["x", "weight"], ["product"]]),
    onnxNode("Neg", [["product"], ["y"]]),
  ],
});

const byte = (values: readonly number[], shape: readonly number[]): FileTensor => ({
  type: "uint8",
  shape,
  values,
});
const quantizedFile = onnxModel({
  inputs: { x: ["batch", 2] },
  outputs: ["y"],
  initializers: {
    weight_quantized: byte(
      weight.map((value) => value + 100),
      [2, 3],
    ),
    weight_zero_point: byte([100], []),
    weight_scale: floats([], [1]),
  },
  nodes: [
    onnxNode("DynamicQuantizeLinear", [["x"], ["x_quantized", "x_scale", "x_zero_point"]]),
    onnxNode("MatMulInteger", [
      ["x_quantized", "weight_quantized", "x_zero_point", "weight_zero_point"],
      ["whole"],
    ]),
    onnxNode("Cast", [["whole"], ["cast"]], { to: 1 }),
    onnxNode("Mul", [["x_scale", "weight_scale"], ["scale"]]),
    onnxNode("Mul", [["cast", "scale"], ["product"]]),
    onnxNode("Neg", [["product"], ["y"]]),
  ],
});

test.each([
  ["floats", floatFile, 5],
  ["bytes", quantizedFile, 1],
])("what is added to a weight is added to its product of %s", async (_, file, digits) => {
  const session = await Session.open(
    nodeRuntime,
    withLowRank(file, new Map([["weight", addition]])),
  );
  const { y } = await session.run({ x: { data: Float32Array.from(x), shape: [1, 2] } });
  await session.close();
  for (const [index, value] of y!.entries())
    expect(value).toBeCloseTo(-(own[index]! + added[index]!), digits);
});

const adding = (name: string, parts: Partial<LowRank>) => () =>
  withLowRank(floatFile, new Map([[name, { ...addition, ...parts }]]));

test("weights that the file lacks, and additions that do not fit, are refused", () => {
  expect(adding("another", {})).toThrow(/no product with another/);
  expect(adding("weight", { up: Float32Array.of(1, 2) })).toThrow(/weight \[2, 3\] does not fit/);
  expect(() => withLowRank(new Uint8Array(0), new Map())).toThrow(/no graph/);
});
