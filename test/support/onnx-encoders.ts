/** Tiny ONNX encoders with the traits of published ones: their attention, shape arithmetic and quantization. */
import type { NodeProto } from "onnx-buf";
import { floats, onnxModel, onnxNode, scattered, wholes } from "./onnx-model.ts";

/** Reads lengths from shapes, as PyTorch's exporter does, to cut vectors into heads and join them again. */
const shapeArithmetic: readonly NodeProto[] = [
  onnxNode("Shape", [["frames"], ["shape"]]),
  onnxNode("Gather", [["shape", "zero"], ["batch"]]),
  onnxNode("Gather", [["shape", "one"], ["length"]]),
  onnxNode("Unsqueeze", [["batch", "first"], ["batch row"]]),
  onnxNode("Unsqueeze", [["length", "first"], ["length row"]]),
  onnxNode("Concat", [["batch row", "length row", "heads", "size"], ["by head"]], { axis: 0 }),
  onnxNode("Concat", [["batch row", "length row", "rest"], ["joined"]], { axis: 0 }),
];

/** Angles of rotary positions, from a range over the length: [1, 1, length, size]. */
const angles: readonly NodeProto[] = [
  onnxNode("Range", [["zero", "length", "one"], ["positions"]]),
  onnxNode("Cast", [["positions"], ["places"]], { to: 1 }),
  onnxNode("Unsqueeze", [["places", "last"], ["column"]]),
  onnxNode("MatMul", [["column", "frequencies"], ["half angles"]]),
  onnxNode("Unsqueeze", [["half angles", "last"], ["one of a pair"]]),
  onnxNode("Concat", [["one of a pair", "one of a pair"], ["pairs"]], { axis: -1 }),
  onnxNode("Reshape", [["pairs", "angle shape"], ["angles"]]),
  onnxNode("Cos", [["angles"], ["cosines"]]),
  onnxNode("Sin", [["angles"], ["sines"]]),
];

/** Vectors turned by their positions, pair by pair: the even and the odd elements apart and together again. */
function rotary(x: string): NodeProto[] {
  const at = (part: string): string => `${x} ${part}`;
  return [
    onnxNode("Slice", [[x, "first", "most", "last", "step"], [at("even")]]),
    onnxNode("Slice", [[x, "second", "most", "last", "step"], [at("odd")]]),
    onnxNode("Neg", [[at("odd")], [at("turned")]]),
    onnxNode("Unsqueeze", [[at("turned"), "last"], [at("turned column")]]),
    onnxNode("Unsqueeze", [[at("even"), "last"], [at("even column")]]),
    onnxNode("Concat", [[at("turned column"), at("even column")], [at("stacked")]], { axis: -1 }),
    onnxNode("Shape", [[at("stacked")], [at("stacked shape")]]),
    onnxNode("Slice", [[at("stacked shape"), "first", "minus two"], [at("outer")]]),
    onnxNode("Concat", [[at("outer"), "rest"], [at("flat")]], { axis: 0 }),
    onnxNode("Reshape", [[at("stacked"), at("flat")], [at("quarter turn")]]),
    onnxNode("Mul", [[x, "cosines"], [at("along")]]),
    onnxNode("Mul", [[at("quarter turn"), "sines"], [at("across")]]),
    onnxNode("Add", [[at("along"), at("across")], [at("rotated")]]),
  ];
}

function byHead(projection: string, name: string): NodeProto[] {
  return [
    onnxNode("MatMul", [["frames", projection], [`${name} product`]]),
    onnxNode("Reshape", [[`${name} product`, "by head"], [`${name} cut`]]),
    onnxNode("Transpose", [[`${name} cut`], [name]], { perm: [0, 2, 1, 3] }),
  ];
}

/** Waveform [batch, samples] → strided convolution, tanh, group norm, rotary attention, residual [batch, frames, 4]. */
export function rotaryEncoder(): Uint8Array {
  return onnxModel({
    inputs: { wave: ["batch", "samples"] },
    outputs: ["output"],
    nodes: [
      onnxNode("Unsqueeze", [["wave", "second"], ["channel"]]),
      onnxNode("Conv", [["channel", "filters"], ["convolved"]], {
        kernel_shape: [5],
        strides: [2],
      }),
      onnxNode("Tanh", [["convolved"], ["bounded"]]),
      onnxNode("Shape", [["bounded"], ["bounded shape"]]),
      onnxNode("Reshape", [["bounded", "one group"], ["grouped"]]),
      onnxNode("InstanceNormalization", [["grouped", "unit", "nothing"], ["normed group"]]),
      onnxNode("Reshape", [["normed group", "bounded shape"], ["normed"]]),
      onnxNode("Transpose", [["normed"], ["frames"]], { perm: [0, 2, 1] }),
      ...shapeArithmetic,
      ...angles,
      ...byHead("query weight", "queries"),
      ...byHead("key weight", "keys"),
      ...byHead("value weight", "values"),
      ...rotary("queries"),
      ...rotary("keys"),
      onnxNode("Transpose", [["keys rotated"], ["keys upright"]], { perm: [0, 1, 3, 2] }),
      onnxNode("MatMul", [["queries rotated", "keys upright"], ["scores"]]),
      onnxNode("Softmax", [["scores"], ["attention"]], { axis: -1 }),
      onnxNode("MatMul", [["attention", "values"], ["mixed"]]),
      onnxNode("Transpose", [["mixed"], ["mixed frames"]], { perm: [0, 2, 1, 3] }),
      onnxNode("Reshape", [["mixed frames", "joined"], ["context"]]),
      onnxNode("Add", [["frames", "context"], ["output"]]),
    ],
    initializers: {
      zero: wholes(0),
      one: wholes(1),
      first: wholes([0]),
      second: wholes([1]),
      step: wholes([2]),
      last: wholes([-1]),
      most: wholes([2 ** 40]),
      "minus two": wholes([-2]),
      heads: wholes([2]),
      size: wholes([2]),
      rest: wholes([-1]),
      "one group": wholes([0, 1, -1]),
      "angle shape": wholes([1, 1, -1, 2]),
      unit: floats([1], [1]),
      nothing: floats([1], [0]),
      frequencies: floats([1, 1], [0.7]),
      filters: scattered([4, 1, 5], 2),
      "query weight": scattered([4, 4], 3),
      "key weight": scattered([4, 4], 5),
      "value weight": scattered([4, 4], 7),
    },
  });
}

const quantize = (name: string): NodeProto =>
  onnxNode("DynamicQuantizeLinear", [
    [name],
    [`${name}_quantized`, `${name}_scale`, `${name}_zero_point`],
  ]);

/** The product of bytes, its cast and its scales, as ONNX Runtime's quantizer writes them. */
function quantizedProduct(
  operator: string,
  [x, weight, y]: readonly [string, string, string],
): NodeProto[] {
  return [
    onnxNode("Mul", [[`${x}_scale`, `${weight}_scale`], [`${y} scales`]]),
    onnxNode(
      operator,
      [
        [`${x}_quantized`, `${weight}_quantized`, `${x}_zero_point`, `${weight}_zero_point`],
        [`${y} of bytes`],
      ],
      operator === "ConvInteger" ? { pads: [1, 1] } : {},
    ),
    onnxNode("Cast", [[`${y} of bytes`], [`${y} cast`]], { to: 1 }),
    onnxNode("Mul", [[`${y} cast`, `${y} scales`], [y]]),
  ];
}

/** Numbers from -100 to 100. */
function bytes(count: number, seed: number): number[] {
  return scattered([count], seed).values.map((value) => Math.round(value * 100));
}

/**
 * Word numbers [2, 3] → a table in bytes, a product in bytes with a scale for each column, a convolution in
 * bytes, and one whose filters alone are kept in bytes: → output [2, 2, 3].
 */
export function quantizedEncoder(): Uint8Array {
  return onnxModel({
    inputs: { ids: { int64: [2, 3] } },
    outputs: ["output"],
    nodes: [
      onnxNode("Gather", [["table_quantized", "ids"], ["rows"]]),
      onnxNode("DequantizeLinear", [["rows", "table_scale", "table_zero_point"], ["vectors"]]),
      quantize("vectors"),
      ...quantizedProduct("MatMulInteger", ["vectors", "dense", "projected"]),
      onnxNode("Transpose", [["projected"], ["channels"]], { perm: [0, 2, 1] }),
      quantize("channels"),
      ...quantizedProduct("ConvInteger", ["channels", "filters", "convolved"]),
      onnxNode("Cast", [["kept_quantized"], ["kept cast"]], { to: 1 }),
      onnxNode("Mul", [["kept cast", "kept_scale"], ["kept scaled"]]),
      onnxNode("Add", [["kept scaled", "kept_zero_point"], ["kept"]]),
      onnxNode("Conv", [["convolved", "kept"], ["output"]], { kernel_shape: [1] }),
    ],
    initializers: {
      table_quantized: {
        type: "uint8",
        shape: [5, 4],
        values: bytes(20, 2).map((byte) => byte + 120),
      },
      table_scale: floats([], [0.02]),
      table_zero_point: { type: "uint8", shape: [], values: [125] },
      dense_quantized: { type: "int8", shape: [4, 3], values: bytes(12, 3) },
      dense_scale: floats([3], [0.01, 0.02, 0.005]),
      dense_zero_point: { type: "int8", shape: [3], values: [0, 0, 0] },
      filters_quantized: {
        type: "uint8",
        shape: [2, 3, 3],
        values: bytes(18, 5).map((byte) => byte + 120),
      },
      filters_scale: floats([], [0.01]),
      filters_zero_point: { type: "uint8", shape: [], values: [115] },
      kept_quantized: { type: "int8", shape: [2, 2, 1], values: bytes(4, 7) },
      kept_scale: floats([1], [0.01]),
      kept_zero_point: floats([1], [0.05]),
    },
  });
}
