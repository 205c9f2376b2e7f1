import { create, toBinary } from "@bufbuild/protobuf";
import {
  ModelProtoSchema,
  NodeProtoSchema,
  TensorProto_DataType,
  TensorProtoSchema,
  type GraphProto,
  type NodeProto,
} from "onnx-buf";
import { UndertoneError } from "../shared/errors.ts";
import { decodeModel } from "./model-proto.ts";

/**
 * What is added to a matrix of weights [inputs, outputs]: `down` [inputs, rank] times `up` [rank, outputs].
 * @see Hu et al. 2022, LoRA
 */
export interface LowRank {
  readonly rank: number;
  readonly down: Float32Array;
  readonly up: Float32Array;
}

/**
 * An ONNX model that multiplies by some of its weights, here by name, and by what is added to them. The products of the file
 * stay as they are, those of bytes too; each gets another beside it.
 * @throws UndertoneError `model-invalid` when the bytes are no ONNX model or multiply by no such weight
 */
export function withLowRank(
  bytes: Uint8Array,
  additions: ReadonlyMap<string, LowRank>,
): Uint8Array {
  const model = decodeModel(bytes);
  const { graph } = model;
  if (graph === undefined) {
    throw new UndertoneError("model-invalid", "This ONNX file holds no graph.");
  }
  for (const [weight, addition] of additions) add(graph, weight, addition);
  return toBinary(ModelProtoSchema, model);
}

function add(graph: GraphProto, weight: string, { rank, down, up }: LowRank): void {
  const { input, product } = productWith(graph, weight);
  const [inputs, outputs] = shapeOf(graph, weight);
  if (down.length !== inputs * rank || up.length !== rank * outputs) {
    const message = `What is to be added to ${weight} [${inputs}, ${outputs}] does not fit it.`;
    throw new UndertoneError("model-invalid", message);
  }
  const output = product.output[0]!;
  const [own, narrow, wide] = ["own", "narrow", "wide"].map((part) => `${output}.${part}`);
  const names = { down: `${weight}.down`, up: `${weight}.up` };
  product.output = [own!];
  graph.initializer.push(
    matrix(names.down, [inputs, rank], down),
    matrix(names.up, [rank, outputs], up),
  );
  const added = [
    node("MatMul", [input, names.down], narrow!),
    node("MatMul", [narrow!, names.up], wide!),
    node("Add", [own!, wide!], output),
  ];
  graph.node.splice(graph.node.indexOf(product) + 1, 0, ...added);
}

/** What is multiplied by a weight, and the node that makes the product as floats. */
function productWith(graph: GraphProto, weight: string): { input: string; product: NodeProto } {
  const multiplying = graph.node.find(
    ({ opType, input }) =>
      (opType === "MatMul" && input[1] === weight) ||
      (opType === "MatMulInteger" && input[1] === quantized(weight)),
  );
  if (multiplying?.opType === "MatMul")
    return { input: multiplying.input[0]!, product: multiplying };
  const user = (made: NodeProto | undefined): NodeProto | undefined =>
    made && graph.node.find(({ input }) => input.includes(made.output[0]!));
  const quantizing = graph.node.find(({ output }) => output[0] === multiplying?.input[0]);
  const product = user(user(multiplying)); // bytes become floats, and then are scaled
  if (quantizing?.opType !== "DynamicQuantizeLinear" || product?.opType !== "Mul") {
    throw new UndertoneError("model-invalid", `This ONNX model has no product with ${weight}.`);
  }
  return { input: quantizing.input[0]!, product };
}

function shapeOf(graph: GraphProto, weight: string): [inputs: number, outputs: number] {
  const tensor = graph.initializer.find(({ name }) => [weight, quantized(weight)].includes(name));
  const [inputs = 0, outputs = 0] = tensor?.dims.map(Number) ?? [];
  return [inputs, outputs];
}

const quantized = (weight: string): string => `${weight}_quantized`;

const node = (opType: string, input: string[], output: string): NodeProto =>
  create(NodeProtoSchema, { name: output, opType, input, output: [output] });

const matrix = (name: string, shape: readonly number[], values: Float32Array) =>
  create(TensorProtoSchema, {
    name,
    dims: shape.map(BigInt),
    dataType: TensorProto_DataType.FLOAT,
    rawData: new Uint8Array(values.slice().buffer),
  });
