import { TensorProto_DataLocation, TensorProto_DataType, type TensorProto } from "onnx-buf";
import { UndertoneError } from "../../shared/errors.ts";
import { elementCount, formatShape } from "../tensor.ts";
import type { ConstantValue, ConstantType } from "./constant-value.ts";

/** How a file stores elements of one type. */
interface Encoding {
  readonly type: ConstantType;
  /** Bytes of an element. */
  readonly width: number;
  readonly fromRaw: (buffer: ArrayBuffer) => ConstantValue["values"];
  readonly fromList: (proto: TensorProto) => ConstantValue["values"];
}

const { FLOAT, DOUBLE, INT64, INT32, INT8, UINT8, BOOL } = TensorProto_DataType;

/** The types that encoders use, by their numbers in ONNX; float64 is converted to float32. */
const encodings: ReadonlyMap<number, Encoding> = new Map<number, Encoding>([
  [
    FLOAT,
    {
      type: "float32",
      width: 4,
      fromRaw: (buffer) => new Float32Array(buffer),
      fromList: ({ floatData }) => Float32Array.from(floatData),
    },
  ],
  [
    DOUBLE,
    {
      type: "float32",
      width: 8,
      fromRaw: (buffer) => Float32Array.from(new Float64Array(buffer)),
      fromList: ({ doubleData }) => Float32Array.from(doubleData),
    },
  ],
  [
    INT64,
    {
      type: "int64",
      width: 8,
      fromRaw: (buffer) => Float64Array.from(new BigInt64Array(buffer), Number),
      fromList: ({ int64Data }) => Float64Array.from(int64Data, Number),
    },
  ],
  [
    INT32,
    {
      type: "int32",
      width: 4,
      fromRaw: (buffer) => Float64Array.from(new Int32Array(buffer)),
      fromList: ({ int32Data }) => Float64Array.from(int32Data),
    },
  ],
  [
    INT8,
    {
      type: "int8",
      width: 1,
      fromRaw: (buffer) => new Int8Array(buffer),
      fromList: ({ int32Data }) => Int8Array.from(int32Data),
    },
  ],
  [
    UINT8,
    {
      type: "uint8",
      width: 1,
      fromRaw: (buffer) => new Uint8Array(buffer),
      fromList: ({ int32Data }) => Uint8Array.from(int32Data),
    },
  ],
  [
    BOOL,
    {
      type: "bool",
      width: 1,
      fromRaw: (buffer) => Float64Array.from(new Uint8Array(buffer)),
      fromList: ({ int32Data }) => Float64Array.from(int32Data),
    },
  ],
]);

/** Returns the element type of a number in ONNX, if encoders use it. */
export function constantTypeOf(dataType: number): ConstantType | undefined {
  return encodings.get(dataType)?.type;
}

/**
 * Returns the values of a tensor in a file.
 * @throws UndertoneError `model-invalid` for external data, an unsupported type, or a count that differs from the shape
 */
export function decodeTensor(proto: TensorProto): ConstantValue {
  const { name, dataType, dataLocation, rawData } = proto;
  const refusal = (what: string): UndertoneError =>
    new UndertoneError("model-invalid", `The model's tensor ${name || "of a node"} ${what}.`);
  if (dataLocation === TensorProto_DataLocation.EXTERNAL)
    throw refusal("lies in a file of its own; export the model into a single file");
  const encoding = encodings.get(dataType);
  if (encoding === undefined) {
    const type = TensorProto_DataType[dataType] ?? String(dataType);
    throw refusal(
      `has elements of type ${type}; float32, int64, int32, bool and bytes can be read`,
    );
  }
  const { type, width, fromRaw, fromList } = encoding;
  const shape = proto.dims.map(Number);
  const whole = rawData.length - (rawData.length % width);
  // A copy: the file's bytes are not aligned.
  const values =
    rawData.length > 0
      ? fromRaw(new Uint8Array(rawData.subarray(0, whole)).buffer)
      : fromList(proto);
  if (shape.some((length) => length < 0) || values.length !== elementCount(shape))
    throw refusal(`should have shape ${formatShape(shape)}, but has ${values.length} values`);
  return { kind: "constant", shape, type, values };
}
