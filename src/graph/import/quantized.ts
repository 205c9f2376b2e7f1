import { elementCount } from "../tensor.ts";
import { stridesOf } from "./evaluate.ts";
import type { ConstantValue } from "./constant-value.ts";

interface Rounding {
  /** A single factor, or one for each slice along the axis. */
  readonly scale: ConstantValue;
  /** As many as factors, or a single one; 0 by default. */
  readonly zeroPoint?: ConstantValue | undefined;
  readonly axis: number;
}

/** Dequantizes a weight to float32: (bytes − zero point) · scale. */
export function dequantized(
  bytes: ConstantValue,
  { scale, zeroPoint, axis }: Rounding,
): ConstantValue {
  const { shape, values } = bytes;
  const count = elementCount(shape);
  const factors = scale.values;
  const zeros = zeroPoint?.values ?? [0];
  const slices = Math.max(factors.length, zeros.length);
  const sliceLength = slices === 1 ? count : stridesOf(shape)[axis]!;
  const fits = [1, slices];
  if (
    (slices !== 1 && slices !== shape[axis]) ||
    !fits.includes(factors.length) ||
    !fits.includes(zeros.length)
  )
    throw new RangeError(
      `${factors.length} scales do not fit axis ${axis} of [${shape.join(", ")}]`,
    );
  const floats = new Float32Array(count);
  for (let start = 0, slice = 0; start < count; start += sliceLength, slice++) {
    const factor = factors[factors.length === 1 ? 0 : slice % slices]!;
    const zero = zeros[zeros.length === 1 ? 0 : slice % slices]!;
    const end = start + sliceLength;
    for (let index = start; index < end; index++) floats[index] = (values[index]! - zero) * factor;
  }
  return { ...bytes, type: "float32", values: floats };
}
