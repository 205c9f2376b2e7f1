/** Operators whose lengths are known when the graph runs: shapes of their tensors are examples. None has a gradient. */
import { integers, node, type Tensor } from "../tensor.ts";

/** Returns the length of x along an axis, int64 [1]. */
export function lengthOf(x: Tensor, axis: number): Tensor {
  const attributes = { start: axis, end: axis + 1 };
  return node("Shape", [x], { shape: [1], type: "int64", attributes });
}

interface AnyRange {
  readonly axis: number;
  /** int64 [1], both. */
  readonly start: Tensor;
  readonly end: Tensor;
  /** An example of the length. */
  readonly length: number;
}

/** Returns the elements from `start` to `end` (excluded) along an axis. */
export function sliceBetween(x: Tensor, { axis, start, end, length }: AnyRange): Tensor {
  return node("Slice", [x, start, end, integers([axis])], { shape: x.shape.with(axis, length) });
}

interface AnyPadding {
  readonly axis: number;
  /** int64 [1] */
  readonly count: Tensor;
  /** An example of the whole. */
  readonly length: number;
}

/** Returns x with so many zeros after its end along an axis. */
export function padAfter(x: Tensor, { axis, count, length }: AnyPadding): Tensor {
  const rank = x.shape.length;
  const parts = [...zeros(rank + axis), count, ...zeros(rank - 1 - axis)];
  const pads = node("Concat", parts, { shape: [2 * rank], type: "int64", attributes: { axis: 0 } });
  return node("Pad", [x, pads], {
    shape: x.shape.with(axis, length),
    attributes: { mode: "constant" },
  });
}

const zeros = (count: number): Tensor[] => Array.from({ length: count }, () => integers([0]));
