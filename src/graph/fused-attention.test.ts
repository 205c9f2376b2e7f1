import { expect, test } from "vitest";
import { floats, onnxModel, onnxNode, scattered, wholes } from "../../test/support/onnx-model.ts";
import { encodeModel } from "./encode-model.ts";
import { fuseAttention } from "./fused-attention.ts";
import { decodeModel } from "./model-proto.ts";
import { nodeRuntime } from "./runtime.node.ts";
import { Session } from "./session.ts";

const [frames, heads, size, pairs] = [7, 2, 12, 4];
const width = heads * size;
const layer = "/layers.0/self_attn";

type Given = Parameters<typeof onnxNode>;

/** Queries or keys whose first elements turn in pairs of neighbors: an even one by the odd one's opposite. */
function turning(name: "q" | "k"): Given[] {
  const of = (part: string): string => `${layer}/${name}.${part}`;
  const slice = (from: string, [start, end, step]: readonly string[]): Given => [
    "Slice",
    [[of("heads"), start!, end!, "axis", step!], [from]],
  ];
  return [
    ["Reshape", [[`${layer}/${name}_proj/MatMul_output_0`, "byHead"], [of("rows")]]],
    ["Transpose", [[of("rows")], [of("heads")]], { perm: [0, 2, 1, 3] }],
    slice(of("even"), ["zero", "turned", "two"]),
    slice(of("odd"), ["one", "turned", "two"]),
    slice(of("rest"), ["turned", "most", "one"]),
    ["Mul", [[of("even"), "cosines"], [of("evenCosine")]]],
    ["Mul", [[of("odd"), "sines"], [of("oddSine")]]],
    ["Sub", [[of("evenCosine"), of("oddSine")], [of("newEven")]]],
    ["Mul", [[of("odd"), "cosines"], [of("oddCosine")]]],
    ["Mul", [[of("even"), "sines"], [of("evenSine")]]],
    ["Add", [[of("oddCosine"), of("evenSine")], [of("newOdd")]]],
    ["Unsqueeze", [[of("newEven"), "last"], [of("first")]]],
    ["Unsqueeze", [[of("newOdd"), "last"], [of("second")]]],
    ["Concat", [[of("first"), of("second")], [of("both")]], { axis: 4 }],
    ["Reshape", [[of("both"), "turnedHeads"], [of("joined")]]],
    ["Concat", [[of("joined"), of("rest")], [of("turned")]], { axis: 3 }],
  ];
}

/** Attention of one layer, named as transformers' exports name it. */
function exported(softmax = "Softmax"): Uint8Array {
  const projection = (seed: number) =>
    floats([width, width], scattered([width, width], seed).values);
  const nodes: Given[] = [
    ["MatMul", [["frequencies", "positions"], ["/rotary_emb/MatMul_output_0"]]],
    [
      "Transpose",
      [["/rotary_emb/MatMul_output_0"], ["/rotary_emb/Transpose_output_0"]],
      { perm: [0, 2, 1] },
    ],
    ["Cos", [["/rotary_emb/Transpose_output_0"], ["cosines"]]],
    ["Sin", [["/rotary_emb/Transpose_output_0"], ["sines"]]],
    ...["q", "k", "v"].map((name): Given => [
      "MatMul",
      [["x", name], [`${layer}/${name}_proj/MatMul_output_0`]],
    ]),
    ...turning("q"),
    ...turning("k"),
    ["Concat", [["zero", "minus", "heads", "size"], ["byHeadOfValues"]], { axis: 0 }],
    ["Reshape", [[`${layer}/v_proj/MatMul_output_0`, "byHeadOfValues"], ["values"]]],
    ["Transpose", [["values"], ["valuesByHead"]], { perm: [0, 2, 1, 3] }],
    ["Transpose", [[`${layer}/k.turned`], ["keysAcross"]], { perm: [0, 1, 3, 2] }],
    ["MatMul", [[`${layer}/q.turned`, "keysAcross"], ["products"]]],
    ["Mul", [["products", "scale"], ["scores"]]],
    ["Softmax", [["scores"], [`${layer}/${softmax}_output_0`]], { axis: -1 }],
    ["MatMul", [[`${layer}/${softmax}_output_0`, "valuesByHead"], ["context"]]],
    ["Transpose", [["context"], ["contextByFrame"]], { perm: [0, 2, 1, 3] }],
    ["Reshape", [["contextByFrame", "whole"], ["y"]]],
  ];
  return onnxModel({
    inputs: { x: [1, "frames", width] },
    initializers: {
      frequencies: floats([1, pairs, 1], [1, 0.5, 0.2, 0.1]),
      positions: floats([1, 1, frames], [...Array(frames).keys()]),
      scale: floats([1], [1 / Math.sqrt(size)]),
      q: projection(1),
      k: projection(2),
      v: projection(3),
      byHead: wholes([0, -1, heads, size]),
      turnedHeads: wholes([0, 0, -1, 2 * pairs]),
      whole: wholes([0, -1, width]),
      zero: wholes([0]),
      one: wholes([1]),
      two: wholes([2]),
      minus: wholes([-1]),
      heads: wholes([heads]),
      size: wholes([size]),
      turned: wholes([2 * pairs]),
      most: wholes([size]),
      axis: wholes([3]),
      last: wholes([4]),
    },
    nodes: nodes.map((given) => onnxNode(...given)),
    outputs: ["y"],
  });
}

async function outputOf(model: Uint8Array): Promise<Float32Array> {
  const session = await Session.open(nodeRuntime, model, { threads: 1 });
  const shape = [1, frames, width];
  const { y } = await session.run({
    x: { data: Float32Array.from(scattered(shape, 4).values), shape },
  });
  await session.close();
  return y!;
}

function fused(bytes: Uint8Array): { readonly operators: readonly string[]; model: Uint8Array } {
  const model = decodeModel(bytes);
  fuseAttention(model);
  return { operators: model.graph.node.map(({ opType }) => opType), model: encodeModel(model) };
}

test("the runtime's attention gives what the exported one does", async () => {
  const { operators, model } = fused(exported());
  expect(operators.filter((name) => /Rotary|MultiHead/.test(name))).toEqual([
    "RotaryEmbedding",
    "RotaryEmbedding",
    "MultiHeadAttention",
  ]);
  const [before, after] = [await outputOf(exported()), await outputOf(model)];
  const differences = before.map((value, n) => Math.abs(value - after[n]!));
  expect(Math.max(...before)).toBeGreaterThan(0.1);
  expect(Math.max(...differences)).toBeLessThan(1e-6);
});

test("attention of other names stays as it is", () => {
  const bytes = exported("Shares");
  expect(fused(bytes).model).toEqual(encodeModel(decodeModel(bytes)));
});
