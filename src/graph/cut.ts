import { create, toBinary } from "@bufbuild/protobuf";
import {
  ModelProtoSchema,
  TensorProto_DataType,
  ValueInfoProtoSchema,
  type GraphProto,
} from "onnx-buf";
import { UndertoneError } from "../shared/errors.ts";
import { decodeModel } from "./model-proto.ts";

/**
 * The part of an ONNX model that leads to some of its inner float32 tensors, with these as its outputs:
 * what lies behind them is not computed. Operators, quantised ones too, stay as they are.
 * @throws UndertoneError `model-invalid` when the bytes are no ONNX model or have no such tensor
 */
export function cutModel(bytes: Uint8Array, outputs: readonly string[]): Uint8Array {
  const model = decodeModel(bytes);
  const { graph } = model;
  if (graph === undefined) {
    throw new UndertoneError("model-invalid", "This ONNX file holds no graph.");
  }
  const nodes = nodesBefore(graph, outputs);
  const used = new Set(nodes.flatMap(({ input }) => input));
  graph.node = nodes;
  graph.initializer = graph.initializer.filter(({ name }) => used.has(name));
  graph.input = graph.input.filter(({ name }) => used.has(name));
  graph.valueInfo = [];
  graph.output = outputs.map((name) =>
    create(ValueInfoProtoSchema, {
      name,
      type: { value: { case: "tensorType", value: { elemType: TensorProto_DataType.FLOAT } } },
    }),
  );
  return toBinary(ModelProtoSchema, model);
}

/** The nodes that the tensors depend on, in the graph's order. */
function nodesBefore(graph: GraphProto, tensors: readonly string[]): GraphProto["node"] {
  const makers = new Map(graph.node.flatMap((node) => node.output.map((name) => [name, node])));
  const wanted = new Set<GraphProto["node"][number]>();
  const open = tensors.map((name) => {
    const maker = makers.get(name);
    if (maker !== undefined) return maker;
    throw new UndertoneError("model-invalid", `This ONNX model has no tensor ${name}.`);
  });
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (wanted.has(node)) continue;
    wanted.add(node);
    for (const name of node.input) {
      const maker = makers.get(name);
      if (maker !== undefined) open.push(maker);
    }
  }
  return graph.node.filter((node) => wanted.has(node));
}
