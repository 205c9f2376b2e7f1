import { create, toBinary } from "@bufbuild/protobuf";
import {
  AttributeProto_AttributeType,
  AttributeProtoSchema,
  ModelProtoSchema,
  NodeProtoSchema,
  TensorProto_DataType,
  type GraphProto,
  type NodeProto,
} from "onnx-buf";
import { decodeModel } from "./model-proto.ts";

/**
 * The model with each product of floats and weights that it keeps as bytes, and restores at every run,
 * done in bytes: what is multiplied is put into bytes by its range, as quantized files do elsewhere.
 * Restoring 32,768 rows of an output layer takes longer than all else in a step of a decoder.
 * @throws UndertoneError `model-invalid` when the bytes are no ONNX model
 */
export function multiplyInBytes(bytes: Uint8Array): Uint8Array {
  const model = decodeModel(bytes);
  if (model.graph) rewrite(model.graph, scalarsOf(model.graph));
  return toBinary(ModelProtoSchema, model);
}

/** Names of constants of one number: a scale for all weights at once. */
function scalarsOf({ initializer }: GraphProto): ReadonlySet<string> {
  return new Set(initializer.filter(({ dims }) => dims.length === 0).map(({ name }) => name));
}

/** Branches see the constants of the graph around them. */
function rewrite(graph: GraphProto, scalars: ReadonlySet<string>): void {
  const restored = new Map(
    graph.node
      .filter(({ opType, input }) => opType === "DequantizeLinear" && scalars.has(input[1]!))
      .map((node) => [node.output[0]!, node]),
  );
  const nodes = graph.node.flatMap((node) => {
    for (const { g } of node.attribute) if (g) rewrite(g, new Set([...scalars, ...scalarsOf(g)]));
    const weights = node.opType === "MatMul" ? restored.get(node.input[1]!) : undefined;
    return weights ? productOfBytes(node, weights) : [node];
  });
  const used = usedIn({ node: nodes, output: graph.output });
  graph.node = nodes.filter((node) => !restored.has(node.output[0]!) || used.has(node.output[0]!));
}

/** Names that nodes, their branches or the outputs take. */
function usedIn({ node, output }: Pick<GraphProto, "node" | "output">): ReadonlySet<string> {
  const taken = node.flatMap(({ input, attribute }) => [
    ...input,
    ...attribute.flatMap(({ g }) => (g ? [...usedIn(g)] : [])),
  ]);
  return new Set([...taken, ...output.map(({ name }) => name)]);
}

function nodeOf(opType: string, input: readonly string[], output: readonly string[]): NodeProto {
  return create(NodeProtoSchema, { opType, input: [...input], output: [...output] });
}

function productOfBytes(product: NodeProto, weights: NodeProto): NodeProto[] {
  const [x] = product.input;
  const [bytes, scale, zero = ""] = weights.input;
  const [result] = product.output;
  const named = (part: string): string => `${result}.${part}`;
  const toFloat = nodeOf("Cast", [named("sum")], [named("float")]);
  toFloat.attribute = [
    create(AttributeProtoSchema, {
      name: "to",
      type: AttributeProto_AttributeType.INT,
      i: BigInt(TensorProto_DataType.FLOAT),
    }),
  ];
  return [
    nodeOf("DynamicQuantizeLinear", [x!], [named("bytes"), named("scale"), named("zero")]),
    nodeOf("MatMulInteger", [named("bytes"), bytes!, named("zero"), zero], [named("sum")]),
    toFloat,
    nodeOf("Mul", [named("scale"), scale!], [named("unit")]),
    nodeOf("Mul", [named("float"), named("unit")], [result!]),
  ];
}
