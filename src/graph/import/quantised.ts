import { evaluateElementwise } from "./evaluate.ts";
import { knownScalar, type Known } from "./known.ts";

/** A weight's float32 values from its bytes: (bytes − zero point) · scale, broadcast. */
export function restored(bytes: Known, scale: Known, zeroPoint?: Known): Known {
  const zero = zeroPoint ?? knownScalar(0, bytes.type);
  return evaluateElementwise(
    [bytes, scale, zero],
    "float32",
    (byte, factor, offset) => (byte - offset) * factor,
  );
}

/** One factor for each slice of a weight along an axis, shaped to broadcast against it. */
export function along(axis: number, rank: number, factors: Known): Known {
  const shape = Array.from({ length: rank }, (_, index) => (index === axis ? -1 : 1));
  const count = factors.values.length;
  return count === 1
    ? { ...factors, shape: [] }
    : { ...factors, shape: shape.map((length) => (length === -1 ? count : length)) };
}
