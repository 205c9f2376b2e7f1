import type { GraphProto } from "onnx-buf";
import { UndertoneError } from "../shared/errors.ts";
import { encodeModel } from "./encode-model.ts";
import { valueInfo } from "./file-protos.ts";
import { decodeModel } from "./model-proto.ts";

/**
 * Returns the subgraph of an ONNX model that computes some of its inner float32 tensors, which become its outputs, from
 * others, which become its `inputs`; these may be initializers. Operators, also quantized ones, stay as they are.
 * @throws UndertoneError `model-invalid` when the bytes are no ONNX model or have no such tensor
 */
export function cutModel(
  bytes: Uint8Array,
  outputs: readonly string[],
  inputs: readonly string[] = [],
): Uint8Array {
  const model = decodeModel(bytes);
  cutGraph(model.graph, outputs, inputs);
  return encodeModel(model);
}

/** Makes a graph the one that `cutModel` tells of. @throws UndertoneError `model-invalid` when it has no such tensor */
export function cutGraph(
  graph: GraphProto,
  outputs: readonly string[],
  inputs: readonly string[] = [],
): void {
  const nodes = nodesBetween(graph, inputs, outputs);
  const used = new Set(nodes.flatMap(({ input }) => input));
  graph.node = nodes;
  graph.initializer = graph.initializer.filter(
    ({ name }) => used.has(name) && !inputs.includes(name),
  );
  graph.input = [...graph.input, ...inputs.map((name) => valueInfo(name))].filter(({ name }) =>
    used.has(name),
  );
  graph.valueInfo = [];
  graph.output = outputs.map((name) => valueInfo(name));
}

/** Returns the nodes between the inputs and the outputs, in the graph's order. */
function nodesBetween(
  graph: GraphProto,
  inputs: readonly string[],
  outputs: readonly string[],
): GraphProto["node"] {
  const producers = new Map(graph.node.flatMap((node) => node.output.map((name) => [name, node])));
  const wanted = new Set<GraphProto["node"][number]>();
  const open = outputs.map((name) => {
    const producer = producers.get(name);
    if (producer !== undefined) return producer;
    throw new UndertoneError("model-invalid", `This ONNX model has no tensor ${name}.`);
  });
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (wanted.has(node)) continue;
    wanted.add(node);
    for (const name of node.input) {
      const producer = producers.get(name);
      if (producer !== undefined && !inputs.includes(name)) open.push(producer);
    }
  }
  return graph.node.filter((node) => wanted.has(node));
}
