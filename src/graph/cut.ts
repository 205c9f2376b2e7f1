import { create, toBinary } from "@bufbuild/protobuf";
import {
  ModelProtoSchema,
  TensorProto_DataType,
  ValueInfoProtoSchema,
  type GraphProto,
  type ValueInfoProto,
} from "onnx-buf";
import { UndertoneError } from "../shared/errors.ts";
import { decodeModel } from "./model-proto.ts";

/**
 * The part of an ONNX model that leads to some of its inner float32 tensors, with these as its outputs:
 * what lies behind them is not computed, and neither is what leads to those that are to be `inputs`, which may be
 * initializers too.
 * Operators, quantized ones too, stay as they are.
 * @throws UndertoneError `model-invalid` when the bytes are no ONNX model or have no such tensor
 */
export function cutModel(
  bytes: Uint8Array,
  outputs: readonly string[],
  inputs: readonly string[] = [],
): Uint8Array {
  const model = decodeModel(bytes);
  const { graph } = model;
  if (graph === undefined) {
    throw new UndertoneError("model-invalid", "This ONNX file holds no graph.");
  }
  const nodes = nodesBetween(graph, inputs, outputs);
  const used = new Set(nodes.flatMap(({ input }) => input));
  graph.node = nodes;
  graph.initializer = graph.initializer.filter(
    ({ name }) => used.has(name) && !inputs.includes(name),
  );
  graph.input = [...graph.input, ...inputs.map(floatTensor)].filter(({ name }) => used.has(name));
  graph.valueInfo = [];
  graph.output = outputs.map(floatTensor);
  return toBinary(ModelProtoSchema, model);
}

function floatTensor(name: string): ValueInfoProto {
  const value = { elemType: TensorProto_DataType.FLOAT };
  return create(ValueInfoProtoSchema, { name, type: { value: { case: "tensorType", value } } });
}

/** The nodes by which the outputs depend on the inputs and on nothing before them, in the graph's order. */
function nodesBetween(
  graph: GraphProto,
  inputs: readonly string[],
  outputs: readonly string[],
): GraphProto["node"] {
  const makers = new Map(graph.node.flatMap((node) => node.output.map((name) => [name, node])));
  const wanted = new Set<GraphProto["node"][number]>();
  const open = outputs.map((name) => {
    const maker = makers.get(name);
    if (maker !== undefined) return maker;
    throw new UndertoneError("model-invalid", `This ONNX model has no tensor ${name}.`);
  });
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (wanted.has(node)) continue;
    wanted.add(node);
    for (const name of node.input) {
      const maker = makers.get(name);
      if (maker !== undefined && !inputs.includes(name)) open.push(maker);
    }
  }
  return graph.node.filter((node) => wanted.has(node));
}
