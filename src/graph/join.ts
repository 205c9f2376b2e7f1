import { create } from "@bufbuild/protobuf";
import { GraphProtoSchema, type GraphProto, type ModelProto } from "onnx-buf";
import { modelFile } from "./file-protos.ts";
import { decodeModel } from "./model-proto.ts";

/** A model to join with others. */
export interface ModelPart {
  readonly bytes: Uint8Array;
  /** New names of its tensors; all others but inputs and outputs get a prefix. */
  readonly names?: ReadonlyMap<string, string>;
}

interface Whole {
  /** Names of the outputs to keep. */
  readonly outputs: readonly string[];
  readonly metadata?: Readonly<Record<string, string>>;
}

/**
 * Joins ONNX models to one: an input of a part is connected to the output of that name of an earlier part; inputs without
 * such an output are inputs of the whole, one for all parts that use it.
 * @throws UndertoneError `model-invalid` when the bytes of a part are no ONNX model
 */
export function joinModels(parts: readonly ModelPart[], { outputs, metadata }: Whole): Uint8Array {
  const models = parts.map(renamed);
  const graphs = models.map(({ graph }) => graph);
  const node = graphs.flatMap((graph) => graph.node);
  const made = new Set(node.flatMap(({ output }) => output));
  const graph = create(GraphProtoSchema, {
    name: graphs[0]!.name,
    node,
    initializer: named(graphs.flatMap(({ initializer }) => initializer)),
    input: named(graphs.flatMap(({ input }) => input)).filter(({ name }) => !made.has(name)),
    output: graphs.flatMap(({ output }) => output).filter(({ name }) => outputs.includes(name)),
  });
  const imports = models.flatMap(({ opsetImport }) => opsetImport).toReversed();
  const operatorSets = Object.fromEntries(imports.map(({ domain, version }) => [domain, version]));
  return modelFile(graph, { operatorSets, metadata });
}

function renamed(
  { bytes, names }: ModelPart,
  index: number,
): ModelProto & { readonly graph: GraphProto } {
  const model = decodeModel(bytes);
  const { graph } = model;
  const open = new Set([...graph.input, ...graph.output].map(({ name }) => name));
  const nameOf = (name: string): string =>
    names?.get(name) ?? (open.has(name) ? name : `${index}.${name}`);
  const given = (name: string): string => (name === "" ? name : nameOf(name)); // an input left out
  for (const node of graph.node) {
    if (node.name !== "") node.name = `${index}.${node.name}`;
    node.input = node.input.map(given);
    node.output = node.output.map(given);
  }
  for (const value of [...graph.initializer, ...graph.input, ...graph.output]) {
    value.name = nameOf(value.name);
  }
  return model;
}

/** The first of each name. */
function named<Item extends { readonly name: string }>(items: readonly Item[]): Item[] {
  return [...new Map(items.toReversed().map((item) => [item.name, item])).values()].toReversed();
}
