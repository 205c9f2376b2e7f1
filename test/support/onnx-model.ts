/** Small ONNX files for tests, written node by node as exporters write them. */
import { create, toBinary, type MessageInitShape } from "@bufbuild/protobuf";
import {
  AttributeProto_AttributeType,
  AttributeProtoSchema,
  ModelProtoSchema,
  NodeProtoSchema,
  TensorProto_DataType,
  TensorProtoSchema,
  ValueInfoProtoSchema,
  type AttributeProto,
  type NodeProto,
  type TensorProto,
} from "onnx-buf";
import { elementCount, type Shape } from "../../src/graph/tensor.ts";

const { FLOAT, INT64, INT8, UINT8 } = TensorProto_DataType;

const types = {
  float32: { number: FLOAT, bytes: (values: readonly number[]) => Float32Array.from(values) },
  int64: {
    number: INT64,
    bytes: (values: readonly number[]) => BigInt64Array.from(values, BigInt),
  },
  int8: { number: INT8, bytes: (values: readonly number[]) => Int8Array.from(values) },
  uint8: { number: UINT8, bytes: (values: readonly number[]) => Uint8Array.from(values) },
} as const;

type TypeName = keyof typeof types;

/** A constant of a file. */
export interface FileTensor {
  readonly type: TypeName;
  readonly shape: Shape;
  readonly values: readonly number[];
}

/** int64: a vector, or a scalar. */
export function wholes(values: readonly number[] | number): FileTensor {
  return typeof values === "number"
    ? { type: "int64", shape: [], values: [values] }
    : { type: "int64", shape: [values.length], values };
}

/** float32 values. */
export function floats(shape: Shape, values: readonly number[]): FileTensor {
  return { type: "float32", shape, values };
}

type AttributeValue = number | string | readonly number[] | FileTensor | { readonly float: number };

function tensorProto(name: string, { type, shape, values }: FileTensor): TensorProto {
  const { number, bytes } = types[type];
  return create(TensorProtoSchema, {
    name,
    dataType: number,
    dims: shape.map(BigInt),
    rawData: new Uint8Array(bytes(values).buffer),
  });
}

function attributeProto(name: string, value: AttributeValue): AttributeProto {
  const kinds = AttributeProto_AttributeType;
  const of = (fields: MessageInitShape<typeof AttributeProtoSchema>): AttributeProto =>
    create(AttributeProtoSchema, { ...fields, name });
  if (typeof value === "number") return of({ type: kinds.INT, i: BigInt(value) });
  if (typeof value === "string")
    return of({ type: kinds.STRING, s: new TextEncoder().encode(value) });
  if ("float" in value) return of({ type: kinds.FLOAT, f: value.float });
  if ("shape" in value) return of({ type: kinds.TENSOR, t: tensorProto("", value) });
  return of({ type: kinds.INTS, ints: value.map(BigInt) });
}

/** One node; it is named after its first output. */
export function onnxNode(
  operator: string,
  [inputs, outputs]: readonly [inputs: readonly string[], outputs: readonly string[]],
  attributes: Readonly<Record<string, AttributeValue>> = {},
): NodeProto {
  return create(NodeProtoSchema, {
    name: `node of ${outputs[0]}`,
    opType: operator,
    input: [...inputs],
    output: [...outputs],
    attribute: Object.entries(attributes).map(([name, value]) => attributeProto(name, value)),
  });
}

interface FileDescription {
  readonly nodes: readonly NodeProto[];
  /** Shapes of float32 inputs, or types and shapes; a letter leaves an axis free. */
  readonly inputs: Readonly<
    Record<string, readonly (number | string)[] | { readonly int64: readonly (number | string)[] }>
  >;
  readonly outputs: readonly string[];
  readonly initializers?: Readonly<Record<string, FileTensor>>;
  readonly operatorSet?: number;
}

/** The bytes of an ONNX file. */
export function onnxModel(description: FileDescription): Uint8Array {
  const { nodes, inputs, outputs, initializers = {}, operatorSet = 14 } = description;
  return toBinary(
    ModelProtoSchema,
    create(ModelProtoSchema, {
      irVersion: 8n,
      opsetImport: [{ domain: "", version: BigInt(operatorSet) }],
      graph: {
        name: "test",
        node: [...nodes],
        initializer: Object.entries(initializers).map(([name, tensor]) =>
          tensorProto(name, tensor),
        ),
        input: Object.entries(inputs).map(([name, declared]) => {
          const whole = "int64" in declared;
          const shape = whole ? declared.int64 : declared;
          const dim = shape.map((length) => ({
            value:
              typeof length === "string"
                ? { case: "dimParam" as const, value: length }
                : { case: "dimValue" as const, value: BigInt(length) },
          }));
          const elemType = types[whole ? "int64" : "float32"].number;
          return create(ValueInfoProtoSchema, {
            name,
            type: { value: { case: "tensorType", value: { elemType, shape: { dim } } } },
          });
        }),
        output: outputs.map((name) =>
          create(ValueInfoProtoSchema, {
            name,
            type: { value: { case: "tensorType", value: { elemType: types.float32.number } } },
          }),
        ),
      },
    }),
  );
}

/** Values that vary without order, in [-1, 1]. */
export function scattered(shape: Shape, seed = 1): FileTensor {
  const values = Array.from({ length: elementCount(shape) }, (_, index) =>
    Math.sin((index + 1) * 12.9898 * seed + seed),
  );
  return floats(shape, values);
}
