import type { AttributeProto, NodeProto, TensorProto, ValueInfoProto } from "onnx-buf";
import { UndertoneError } from "../../shared/errors.ts";
import { decodeModel } from "../model-proto.ts";

/** One node of a file; inputs and outputs are names of tensors, "" for an omitted optional one. */
export interface OnnxNode {
  readonly operator: string;
  /** "" for ONNX's own operators. */
  readonly domain: string;
  readonly name: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: ReadonlyMap<string, AttributeProto>;
}

/** An input as the file declares it. */
export interface OnnxInput {
  /** Number of the element type in ONNX. */
  readonly dataType: number;
  /** Lengths of its axes, undefined where they are dynamic; undefined when the rank is unknown. */
  readonly shape: readonly (number | undefined)[] | undefined;
}

/** A parsed ONNX model, its tensors not yet decoded. */
export interface OnnxFile {
  /** Version of ONNX's own operators. */
  readonly operatorSet: number;
  readonly inputs: ReadonlyMap<string, OnnxInput>;
  readonly outputs: readonly string[];
  readonly initializers: ReadonlyMap<string, TensorProto>;
  /** The producer of each tensor, by the tensor's name. */
  readonly producers: ReadonlyMap<string, OnnxNode>;
  /** Nodes with a name, by it. */
  readonly nodes: ReadonlyMap<string, OnnxNode>;
}

const ownDomains = ["", "ai.onnx"];

/**
 * Parses the bytes of an ONNX model.
 * @throws UndertoneError `model-invalid` for bytes that are no ONNX model or are truncated
 */
export function parseOnnx(bytes: Uint8Array): OnnxFile {
  const { graph, opsetImport } = decodeModel(bytes);
  const operatorSet = opsetImport.find(({ domain }) => ownDomains.includes(domain))?.version;
  if (graph.output.length === 0 || operatorSet === undefined) {
    throw new UndertoneError(
      "model-invalid",
      "This file has no ONNX graph with outputs and a version of its operators; it may be truncated.",
    );
  }
  const initializers = new Map(graph.initializer.map((tensor) => [tensor.name, tensor]));
  const nodes = graph.node.map(nodeOf);
  const producers = new Map<string, OnnxNode>();
  for (const node of nodes) {
    for (const output of node.outputs) {
      if (output === "") continue;
      if (producers.has(output)) {
        throw new UndertoneError("model-invalid", `Two nodes of the model make ${output}.`);
      }
      producers.set(output, node);
    }
  }
  return {
    operatorSet: Number(operatorSet),
    // Older files list initializers among the inputs.
    inputs: new Map(
      graph.input
        .filter(({ name }) => !initializers.has(name))
        .map((info) => [info.name, inputOf(info)]),
    ),
    outputs: graph.output.map(({ name }) => name),
    initializers,
    producers,
    nodes: new Map(nodes.filter(({ name }) => name !== "").map((node) => [node.name, node])),
  };
}

function nodeOf(proto: NodeProto): OnnxNode {
  return {
    operator: proto.opType,
    domain: ownDomains.includes(proto.domain) ? "" : proto.domain,
    name: proto.name,
    inputs: proto.input,
    outputs: proto.output,
    attributes: new Map(proto.attribute.map((attribute) => [attribute.name, attribute])),
  };
}

function inputOf({ name, type }: ValueInfoProto): OnnxInput {
  if (type?.value.case !== "tensorType") {
    throw new UndertoneError("model-invalid", `The model's input ${name} is not a tensor.`);
  }
  const { elemType, shape } = type.value.value;
  return {
    dataType: elemType,
    shape: shape?.dim.map(({ value }) =>
      value.case === "dimValue" ? Number(value.value) : undefined,
    ),
  };
}
