import {
  elementCount,
  formatShape,
  type ElementType,
  type Shape,
  type Tensor,
  type TensorData,
} from "../tensor.ts";

/** What an element of a file's constant can be: bytes are what weights are quantized to. */
export type KnownType = Exclude<ElementType, "float16"> | "int8" | "uint8";

/** A tensor whose values are known while importing, row-major. */
export interface Known {
  readonly kind: "known";
  readonly shape: Shape;
  readonly type: KnownType;
  /** float32 as such, bytes as such, whole numbers and booleans as float64. */
  readonly values: Float32Array | Float64Array | Int8Array | Uint8Array;
  /** The weight that these are the quantized or restored values of. */
  readonly weight?: string;
}

/** More elements than any shape arithmetic has; a file that asks for them is broken or hostile. */
const mostElements = 2 ** 26;

/** Number of elements of a constant. @throws RangeError when it is larger than any model needs */
export function checkedCount(shape: Shape): number {
  const count = elementCount(shape);
  if (!(count <= mostElements))
    throw new RangeError(`a constant of shape ${formatShape(shape)} is too large`);
  return count;
}

/** The values of a shape, element by element. */
export function known(shape: Shape, type: KnownType, valueAt: (index: number) => number): Known {
  const count = checkedCount(shape);
  const values = type === "float32" ? new Float32Array(count) : new Float64Array(count);
  for (let index = 0; index < count; index++) values[index] = valueAt(index);
  return { kind: "known", shape, type, values };
}

/** A vector of int64. */
export function knownIntegers(values: readonly number[]): Known {
  return known([values.length], "int64", (index) => values[index]!);
}

/** A single value. */
export function knownScalar(value: number, type: KnownType): Known {
  return known([], type, () => value);
}

/** Known values as a constant of the graph; bytes have none. */
export function constantOf({ shape, type, values }: Known): Tensor {
  if (type === "int8" || type === "uint8")
    throw new RangeError(`quantized values of shape ${formatShape(shape)} are used as they are`);
  return { shape, type, source: { kind: "constant", data: dataOf(type, values) } };
}

function dataOf(type: Exclude<KnownType, "int8" | "uint8">, values: Known["values"]): TensorData {
  if (type === "float32") return Float32Array.from(values);
  if (type === "int64") return BigInt64Array.from(values, BigInt);
  return type === "int32" ? Int32Array.from(values) : Uint8Array.from(values);
}
