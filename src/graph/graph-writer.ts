import { create } from "@bufbuild/protobuf";
import { GraphProtoSchema, type NodeProto, type TensorProto, type ValueInfoProto } from "onnx-buf";
import type { WrittenAttribute } from "./attribute-proto.ts";
import { modelFile, tensorProto, valueInfo } from "./file-protos.ts";
import { nodeProto } from "./node-proto.ts";

const arrays = {
  float32: Float32Array,
  int32: Int32Array,
  int8: Int8Array,
  uint8: Uint8Array,
};

type WrittenType = keyof typeof arrays | "int64";

/** Writes an ONNX graph node by node, with axes of any length; `tensor.ts` has graphs of fixed shapes and gradients. */
export class GraphWriter {
  readonly #nodes: NodeProto[] = [];
  readonly #initializers: TensorProto[] = [];
  readonly #inputs: ValueInfoProto[] = [];
  #count = 0;

  /** Declares an input with so many axes, float32 unless told otherwise; returns its name. */
  input(name: string, type: WrittenType = "float32"): string {
    this.#inputs.push(valueInfo(name, type));
    return name;
  }

  /** Adds an operator; returns the name of its output, or those of `outputs` many. */
  node(
    operator: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, WrittenAttribute>> = {},
  ): string {
    return this.nodes(operator, inputs, { attributes, outputs: 1 })[0]!;
  }

  /** Adds an operator with several outputs; returns their names. */
  nodes(
    operator: string,
    inputs: readonly string[],
    {
      attributes = {},
      outputs,
    }: {
      readonly attributes?: Readonly<Record<string, WrittenAttribute>>;
      readonly outputs: number;
    },
  ): string[] {
    const names = Array.from({ length: outputs }, () => this.#name(operator));
    this.#nodes.push(nodeProto(operator, { inputs, outputs: names, attributes }));
    return names;
  }

  /** Adds a constant; returns its name. */
  constant(type: WrittenType, values: ArrayLike<number>, shape: readonly number[] = []): string {
    const name = this.#name(type);
    this.#initializers.push(tensorProto(name, { type, shape, bytes: rawBytes(type, values) }));
    return name;
  }

  /** Returns the model; `outputs` are tensors by the names that they get, float32 but for those whose type is given. */
  model(
    outputs: Readonly<Record<string, string>>,
    outputTypes: Readonly<Record<string, WrittenType>> = {},
  ): Uint8Array {
    const named = Object.entries(outputs).map(([name, tensor]) =>
      nodeProto("Identity", { inputs: [tensor], outputs: [name] }),
    );
    const graph = create(GraphProtoSchema, {
      name: "undertone",
      node: [...this.#nodes, ...named],
      initializer: this.#initializers,
      input: this.#inputs,
      output: Object.keys(outputs).map((name) => valueInfo(name, outputTypes[name])),
    });
    return modelFile(graph, { operatorSets: { "": 17n } });
  }

  #name(kind: string): string {
    return `${kind}_${this.#count++}`;
  }
}

/** Returns numbers as a file stores them, without a copy where they are so already. */
function rawBytes(type: WrittenType, values: ArrayLike<number>): Uint8Array<ArrayBuffer> {
  if (type === "int64")
    return new Uint8Array(BigInt64Array.from(Array.from(values, BigInt)).buffer);
  if (values instanceof arrays[type] && values.buffer instanceof ArrayBuffer) {
    return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  }
  const array = new arrays[type](values.length);
  array.set(values);
  return new Uint8Array(array.buffer);
}
