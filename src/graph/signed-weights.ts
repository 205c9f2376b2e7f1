import type { GraphProto, ModelProto, TensorProto } from "onnx-buf";
import { encodeModel } from "./encode-model.ts";
import { elementTypes, graphsIn } from "./file-protos.ts";
import { GraphWriter } from "./graph-writer.ts";
import { lessHalf } from "./less-half.ts";
import { Session, type Runtime } from "./session.ts";

/** What is asked of the machine. */
interface Machine {
  readonly multipliesExactly: (runtime: Runtime) => Promise<boolean>;
}

/**
 * Resolves to a model's file with its unsigned 8-bit weights as signed ones, less 128 as are their zero points: the same
 * products, of which instructions for unsigned times signed bytes (VNNI) do twice as many. The model stays as it is
 * where the machine rounds such products off, as AVX2 does, or where it takes these bytes for anything else.
 */
export async function signWeights(
  runtime: Runtime,
  model: ModelProto & { graph: GraphProto },
  machine: Machine = { multipliesExactly },
): Promise<Uint8Array> {
  if (await machine.multipliesExactly(runtime)) {
    const graphs = graphsIn(model.graph);
    const weights = unsignedWeights(graphs);
    for (const weight of weights) sign(weight);
    // Types of inner tensors that the file declares are those of before.
    if (weights.length > 0) for (const graph of graphs) graph.valueInfo = [];
  }
  return encodeModel(model);
}

/** Operators whose inputs of these indices are 8-bit weights or their zero points. */
const consumers: Readonly<Record<string, readonly number[]>> = {
  MatMulInteger: [1, 3],
  DequantizeLinear: [0, 2],
  Transpose: [0],
  Gather: [0],
};

/** Returns the unsigned weights and zero points of a model; none where anything else takes one of them. */
function unsignedWeights(graphs: readonly GraphProto[]): TensorProto[] {
  const unsignedType: number = elementTypes.uint8;
  const unsigned = graphs
    .flatMap(({ initializer }) => initializer)
    .filter(({ dataType }) => dataType === unsignedType);
  const names = new Set(unsigned.map(({ name }) => name));
  for (const { opType, input, output } of graphs.flatMap(({ node }) => node)) {
    const allowed = consumers[opType] ?? [];
    const taken = [...input.keys()].filter((index) => names.has(input[index]!));
    if (taken.some((index) => !allowed.includes(index))) return [];
    // Without a zero point it is 0, which would be -128.
    const zero = input[opType === "MatMulInteger" ? 3 : 2];
    const needsZero = opType === "MatMulInteger" || opType === "DequantizeLinear";
    if (needsZero && taken.length > 0 && !names.has(zero!)) return [];
    if (!needsZero && taken.length > 0) names.add(output[0]!);
  }
  return unsigned;
}

function sign(tensor: TensorProto): void {
  tensor.dataType = elementTypes.int8;
  const { rawData } = tensor;
  if (rawData.length === 0) tensor.int32Data = tensor.int32Data.map((byte) => byte - 128);
  else tensor.rawData = new Uint8Array(lessHalf(rawData).buffer, 0, rawData.length);
}

const depth = 64;
const columns = 32;

/** Resolves to whether the machine sums the largest products of unsigned and signed bytes without saturation. */
export async function multipliesExactly(runtime: Runtime): Promise<boolean> {
  const writer = new GraphWriter();
  const bytes = writer.node("Cast", [writer.input("x")], { to: elementTypes.uint8 });
  const weights = writer.constant("int8", Array(depth * columns).fill(127), [depth, columns]);
  const products = writer.node("MatMulInteger", [bytes, weights]);
  const y = writer.node("Cast", [products], { to: elementTypes.float32 });
  const session = await Session.open(runtime, writer.model({ y }), { threads: 1 });
  try {
    const data = new Float32Array(2 * depth).fill(255);
    const outputs = await session.run({ x: { data, shape: [2, depth] } });
    return outputs["y"]!.every((sum) => sum === depth * 255 * 127);
  } finally {
    await session.close();
  }
}
