import { create } from "@bufbuild/protobuf";
import {
  ModelProtoSchema,
  TensorProto_DataType,
  TensorProtoSchema,
  ValueInfoProtoSchema,
  type NodeProto,
  type TensorProto,
  type ValueInfoProto,
} from "onnx-buf";
import type { WrittenAttribute } from "./attribute-proto.ts";
import { encodeModel } from "./encode-model.ts";
import { nodeProto } from "./node-proto.ts";

const arrays = {
  float32: Float32Array,
  int32: Int32Array,
  int8: Int8Array,
  uint8: Uint8Array,
};

const types = {
  float32: TensorProto_DataType.FLOAT,
  int64: TensorProto_DataType.INT64,
  int32: TensorProto_DataType.INT32,
  int8: TensorProto_DataType.INT8,
  uint8: TensorProto_DataType.UINT8,
} as const;

/** ONNX's number of the type of bytes without a sign, to cast to. */
export const uint8Type = TensorProto_DataType.UINT8;
/** ONNX's number of the type of signed bytes, to cast to. */
export const int8Type = TensorProto_DataType.INT8;
/** ONNX's number of the type float32, to cast to. */
export const float32Type = TensorProto_DataType.FLOAT;

/** Writes an ONNX graph node by node, with axes of any length; `tensor.ts` has graphs of fixed shapes and gradients. */
export class GraphWriter {
  readonly #nodes: NodeProto[] = [];
  readonly #initializers: TensorProto[] = [];
  readonly #inputs: ValueInfoProto[] = [];
  #count = 0;

  /** Declares an input with so many axes, float32 unless told otherwise; returns its name. */
  input(name: string, type: keyof typeof types = "float32"): string {
    this.#inputs.push(valueInfo(name, types[type]));
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
  constant(
    type: keyof typeof types,
    values: ArrayLike<number>,
    shape: readonly number[] = [],
  ): string {
    const name = this.#name(type);
    this.#initializers.push(
      create(TensorProtoSchema, {
        name,
        dims: shape.map(BigInt),
        dataType: types[type],
        rawData: rawBytes(type, values),
      }),
    );
    return name;
  }

  /** Returns the model; `outputs` are tensors by the names that they get, float32 but for those whose type is given. */
  model(
    outputs: Readonly<Record<string, string>>,
    outputTypes: Readonly<Record<string, keyof typeof types>> = {},
  ): Uint8Array {
    const named = Object.entries(outputs).map(([name, tensor]) =>
      nodeProto("Identity", { inputs: [tensor], outputs: [name] }),
    );
    const model = create(ModelProtoSchema, {
      irVersion: 10n,
      producerName: "undertone",
      opsetImport: [{ domain: "", version: 17n }],
      graph: {
        name: "undertone",
        node: [...this.#nodes, ...named],
        initializer: this.#initializers,
        input: this.#inputs,
        output: Object.keys(outputs).map((name) =>
          valueInfo(name, types[outputTypes[name] ?? "float32"]),
        ),
      },
    });
    return encodeModel(model);
  }

  #name(kind: string): string {
    return `${kind}_${this.#count++}`;
  }
}

function valueInfo(name: string, elemType: number): ValueInfoProto {
  return create(ValueInfoProtoSchema, {
    name,
    type: { value: { case: "tensorType", value: { elemType } } },
  });
}

/** Returns numbers as a file stores them, without a copy where they are so already. */
function rawBytes(type: keyof typeof types, values: ArrayLike<number>): Uint8Array<ArrayBuffer> {
  if (type === "int64")
    return new Uint8Array(BigInt64Array.from(Array.from(values, BigInt)).buffer);
  if (values instanceof arrays[type] && values.buffer instanceof ArrayBuffer) {
    return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  }
  const array = new arrays[type](values.length);
  array.set(values);
  return new Uint8Array(array.buffer);
}
