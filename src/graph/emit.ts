import { create } from "@bufbuild/protobuf";
import {
  GraphProtoSchema,
  type GraphProto,
  type NodeProto,
  type TensorProto,
  type ValueInfoProto,
} from "onnx-buf";
import type { WrittenAttribute } from "./attribute-proto.ts";
import { graphsIn, modelFile, tensorProto, valueInfo } from "./file-protos.ts";
import { nodeProto } from "./node-proto.ts";
import { operationsOf } from "./traverse.ts";
import type { Operation, Subgraph, Tensor } from "./tensor.ts";

/** The operator set of ONNX 1.16, which all releases of ONNX Runtime in the last two years support. */
const operatorSet = 21n;

interface ModelDescription {
  readonly outputs: Readonly<Record<string, Tensor>>;
  /** Values of parameters by name: these become constants of the model, the others its inputs. */
  readonly weights?: ReadonlyMap<string, Float32Array>;
  /** Makes the first axis of inputs and outputs dynamic. */
  readonly freeBatch?: boolean;
  readonly metadata?: Readonly<Record<string, string>>;
}

/** Collects the nodes, initializers and inputs of one ONNX graph and names its tensors. */
class Emission {
  readonly #nodes: NodeProto[] = [];
  readonly #initializers: TensorProto[] = [];
  readonly #inputs: ValueInfoProto[] = [];
  readonly #description: ModelDescription;
  readonly #prefix: string;
  readonly #names = new Map<Operation | Tensor, string>();

  /** @param prefix of all names of a graph inside of another one */
  constructor(description: ModelDescription, prefix = "") {
    this.#description = description;
    this.#prefix = prefix;
  }

  /** Returns the graph of all that the outputs depend on. */
  graph(outputs: Readonly<Record<string, Tensor>>): GraphProto {
    const entries = Object.entries(outputs);
    for (const operation of operationsOf(Object.values(outputs))) this.#add(operation);
    for (const [name, tensor] of entries) {
      this.#nodes.push(nodeProto("Identity", { inputs: [this.nameOf(tensor)], outputs: [name] }));
    }
    return create(GraphProtoSchema, {
      name: `${this.#prefix}undertone`,
      node: this.#nodes,
      initializer: this.#initializers,
      input: this.#inputs,
      output: entries.map(([name, tensor]) => this.#opening(name, tensor)),
    });
  }

  nameOf(tensor: Tensor): string {
    const { source } = tensor;
    if (source.kind === "operation") {
      return outputName(this.#names.get(source.operation)!, source.output ?? 0);
    }
    if (source.kind === "none") return "";
    const existing = this.#names.get(tensor);
    if (existing !== undefined) return existing;
    const own = source.kind === "constant" ? `constant_${this.#initializers.length}` : source.name;
    const name = this.#prefix + own;
    this.#names.set(tensor, name);
    const weights = source.kind === "parameter" ? this.#description.weights?.get(name) : undefined;
    const data = source.kind === "constant" ? source.data : weights;
    if (data !== undefined) {
      const bytes = new Uint8Array(data.slice().buffer);
      this.#initializers.push(tensorProto(name, { ...tensor, bytes }));
    } else if (source.kind === "input") this.#inputs.push(this.#opening(name, tensor));
    else this.#inputs.push(valueInfo(name, tensor.type, tensor.shape));
    return name;
  }

  /** An input or an output, whose first axis is the batch. */
  #opening(name: string, { type, shape }: Tensor): ValueInfoProto {
    const { freeBatch } = this.#description;
    const [, ...lengths] = shape;
    return valueInfo(name, type, freeBatch && shape.length > 0 ? ["batch", ...lengths] : shape);
  }

  #add(operation: Operation): void {
    const name = `${this.#prefix}${operation.operator}_${this.#nodes.length}`;
    this.#names.set(operation, name);
    const count = operation.outputCount ?? 1;
    const attributes = Object.entries(operation.attributes).map(
      ([key, value]): [string, WrittenAttribute] => {
        const holdsGraph = typeof value === "object" && "graph" in value;
        return [key, holdsGraph ? { graph: this.#inner(`${name}.`, value.graph) } : value];
      },
    );
    this.#nodes.push(
      nodeProto(operation.operator, {
        inputs: operation.inputs.map((tensor) => this.nameOf(tensor)),
        outputs: Array.from({ length: count }, (_, output) => outputName(name, output)),
        attributes: Object.fromEntries(attributes),
        domain: operation.domain,
      }),
    );
  }

  #inner(prefix: string, { inputs, outputs }: Subgraph): GraphProto {
    const emission = new Emission(this.#description, prefix);
    for (const tensor of inputs) emission.nameOf(tensor);
    const named = outputs.map((tensor, index): [string, Tensor] => [
      `${prefix}output_${index}`,
      tensor,
    ]);
    const graph = emission.graph(Object.fromEntries(named));
    if (graph.input.length > inputs.length) {
      throw new RangeError("emitModel: a subgraph must take tensors of its own inputs alone");
    }
    return graph;
  }
}

const outputName = (operation: string, output: number): string =>
  output === 0 ? operation : `${operation}.${output}`;

/**
 * Returns the bytes of an ONNX model of all that the outputs depend on. Inputs and parameters without given weights are
 * the model's inputs, in the order of their use.
 */
export function emitModel(description: ModelDescription): Uint8Array {
  const { outputs, metadata } = description;
  const graph = new Emission(description).graph(outputs);
  const nodes = graphsIn(graph).flatMap(({ node }) => node);
  const others = nodes.map(({ domain }): [string, bigint] => [domain, 1n]);
  const operatorSets = { ...Object.fromEntries(others), "": operatorSet };
  return modelFile(graph, { operatorSets, metadata });
}
