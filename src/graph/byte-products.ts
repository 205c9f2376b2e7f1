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
 * Returns the model with each product of floats and a weight that it dequantizes at every run replaced by a product of
 * bytes: activations are quantized dynamically by their range, as in other quantized files.
 * Dequantizing the 32,768 rows of an output layer takes longer than the rest of a decoder's step.
 * @throws UndertoneError `model-invalid` when the bytes are no ONNX model
 */
export function multiplyInBytes(bytes: Uint8Array): Uint8Array {
  const model = decodeModel(bytes);
  rewrite(model.graph, scalarsOf(model.graph));
  return toBinary(ModelProtoSchema, model);
}

/** Names of scalar constants: one scale for all weights. */
function scalarsOf({ initializer }: GraphProto): ReadonlySet<string> {
  return new Set(initializer.filter(({ dims }) => dims.length === 0).map(({ name }) => name));
}

/** Rewrites a graph and its branches, which can use the constants of the graph around them. */
function rewrite(graph: GraphProto, scalars: ReadonlySet<string>): void {
  const dequantized = new Map(
    graph.node
      .filter(({ opType, input }) => opType === "DequantizeLinear" && scalars.has(input[1]!))
      .map((node) => [node.output[0]!, node]),
  );
  const nodes = graph.node.flatMap((node) => {
    for (const { g } of node.attribute) if (g) rewrite(g, new Set([...scalars, ...scalarsOf(g)]));
    const weights = node.opType === "MatMul" ? dequantized.get(node.input[1]!) : undefined;
    return weights ? productOfBytes(node, weights) : [node];
  });
  const used = usedIn({ node: nodes, output: graph.output });
  graph.node = nodes.filter(
    (node) => !dequantized.has(node.output[0]!) || used.has(node.output[0]!),
  );
}

/** Returns the names that nodes, their branches or the outputs use. */
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
