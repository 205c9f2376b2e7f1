import {
  elementCount,
  formatShape,
  type ElementType,
  type Shape,
  type Tensor,
  type TensorData,
} from "../tensor.ts";

/** Element types of a file's constants; bytes are quantized weights. */
export type ConstantType = Exclude<ElementType, "float16"> | "int8" | "uint8";

/** A tensor whose values are known at import, row-major: the operands of constant folding. */
export interface ConstantValue {
  readonly kind: "constant";
  readonly shape: Shape;
  readonly type: ConstantType;
  /** float32 and bytes as they are, whole numbers and booleans as float64. */
  readonly values: Float32Array | Float64Array | Int8Array | Uint8Array;
  /** The weight whose quantized or dequantized values these are. */
  readonly weight?: string;
}

/** More elements than any shape arithmetic has: such a file is broken or hostile. */
const mostElements = 2 ** 26;

/** Number of elements of a constant. @throws RangeError when it is larger than any model needs */
export function checkedCount(shape: Shape): number {
  const count = elementCount(shape);
  if (!(count <= mostElements))
    throw new RangeError(`a constant of shape ${formatShape(shape)} is too large`);
  return count;
}

/** The values of a shape, element by element. */
export function constantValue(
  shape: Shape,
  type: ConstantType,
  valueAt: (index: number) => number,
): ConstantValue {
  const count = checkedCount(shape);
  const values = type === "float32" ? new Float32Array(count) : new Float64Array(count);
  for (let index = 0; index < count; index++) values[index] = valueAt(index);
  return { kind: "constant", shape, type, values };
}

/** A vector of int64. */
export function constantIntegers(values: readonly number[]): ConstantValue {
  return constantValue([values.length], "int64", (index) => values[index]!);
}

/** A single value. */
export function constantScalar(value: number, type: ConstantType): ConstantValue {
  return constantValue([], type, () => value);
}

/** Returns a constant of the graph. @throws RangeError for bytes, which the graph does not have */
export function tensorOfConstant({ shape, type, values }: ConstantValue): Tensor {
  if (type === "int8" || type === "uint8")
    throw new RangeError(`quantized values of shape ${formatShape(shape)} are used as they are`);
  return { shape, type, source: { kind: "constant", data: dataOf(type, values) } };
}

function dataOf(
  type: Exclude<ConstantType, "int8" | "uint8">,
  values: ConstantValue["values"],
): TensorData {
  if (type === "float32") return Float32Array.from(values);
  if (type === "int64") return BigInt64Array.from(values, BigInt);
  return type === "int32" ? Int32Array.from(values) : Uint8Array.from(values);
}
