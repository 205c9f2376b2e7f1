import { broadcastShapes, resolveAxes, resolveAxis, sameShape } from "../shapes.ts";
import { elementCount, integers, node, shapeError, type Shape, type Tensor } from "../tensor.ts";
import { sumToShape } from "./reduce.ts";

/**
 * Reshapes x. An unchanged first axis is written as "copy", so that an exported model keeps a dynamic batch axis.
 * @example
 * ```ts
 * import { input, reshape } from "undertone/train";
 *
 * const shape = reshape(input("x", [2, 3, 4]), [2, 12]).shape; // → [2, 12]
 * ```
 */
export function reshape(x: Tensor, shape: Shape): Tensor {
  if (sameShape(x.shape, shape)) return x;
  if (elementCount(x.shape) !== elementCount(shape)) {
    throw shapeError("Reshape", [x], `${elementCount(shape)} elements wanted`);
  }
  const target = shape.map((length, axis) => (axis === 0 && length === x.shape[0] ? 0 : length));
  return node("Reshape", [x, integers(target)], {
    shape,
    type: x.type,
    gradientRules: [(gradient) => reshape(gradient, x.shape)],
  });
}

/**
 * Permutes axes: axis i of the result is axis `order[i]` of `x`.
 * @example
 * ```ts
 * import { input, transpose } from "undertone/train";
 *
 * const shape = transpose(input("x", [2, 3, 4]), [0, 2, 1]).shape; // → [2, 4, 3]
 * ```
 */
export function transpose(x: Tensor, order: readonly number[]): Tensor {
  const axes = resolveAxes(x.shape, order);
  if (axes.length !== x.shape.length || axes.some((axis, index) => axis !== index)) {
    throw shapeError("Transpose", [x], `order [${order.join(", ")}] must name each axis once`);
  }
  const inverse = order.map((_, axis) => order.indexOf(axis));
  return node("Transpose", [x], {
    shape: order.map((axis) => x.shape[axis]!),
    type: x.type,
    attributes: { perm: order },
    gradientRules: [(gradient) => transpose(gradient, inverse)],
  });
}

/** Broadcasts `x` to `shape` along axes of length 1. */
export function expand(x: Tensor, shape: Shape): Tensor {
  if (sameShape(x.shape, shape)) return x;
  const target: Tensor = { ...x, shape };
  if (!sameShape(broadcastShapes("Expand", x, target), shape))
    throw shapeError("Expand", [x, target]);
  return node("Expand", [x, integers(shape)], {
    shape,
    type: x.type,
    gradientRules: [(gradient) => sumToShape(gradient, x.shape)],
  });
}

interface SliceOptions {
  readonly axis: number;
  readonly start: number;
  readonly end: number;
  readonly step?: number;
}

/** Elements `start` to `end` (excluded) along one axis. */
export function slice(x: Tensor, { axis, start, end, step = 1 }: SliceOptions): Tensor {
  const length = x.shape[axis];
  if (length === undefined || start < 0 || end > length || start >= end || step < 1) {
    throw shapeError("Slice", [x], `${start} to ${end} by ${step} on axis ${axis}`);
  }
  if (end - start === length && step === 1) return x;
  const count = Math.ceil((end - start) / step);
  return node(
    "Slice",
    [x, integers([start]), integers([end]), integers([axis]), integers([step])],
    {
      shape: x.shape.with(axis, count),
      type: x.type,
      gradientRules: [
        (gradient) => {
          const spread = spreadOut(gradient, axis, step);
          const fitting = Math.min(spread.shape[axis]!, length - start);
          const piece = slice(spread, { axis, start: 0, end: fitting });
          return pad(piece, { axis, before: start, after: length - start - fitting });
        },
      ],
    },
  );
}

/** Inserts zeros after each element along one axis, so that elements are `step` apart. */
function spreadOut(x: Tensor, axis: number, step: number): Tensor {
  if (step === 1) return x;
  const apart = reshape(x, x.shape.toSpliced(axis + 1, 0, 1));
  const padded = pad(apart, { axis: axis + 1, before: 0, after: step - 1 });
  return reshape(padded, x.shape.with(axis, x.shape[axis]! * step));
}

/** Pads with zeros before and after along one axis; negative numbers cut elements off. */
export function pad(
  x: Tensor,
  { axis, before, after }: { axis: number; before: number; after: number },
): Tensor {
  if (before === 0 && after === 0) return x;
  const resolved = resolveAxis(x.shape, axis);
  const length = x.shape[resolved]!;
  const pads = Array.from({ length: 2 * x.shape.length }, () => 0);
  pads[resolved] = before;
  pads[x.shape.length + resolved] = after;
  return node("Pad", [x, integers(pads)], {
    shape: x.shape.with(resolved, length + before + after),
    attributes: { mode: "constant" },
    gradientRules: [
      (gradient) =>
        before < 0 || after < 0
          ? pad(gradient, { axis: resolved, before: -before, after: -after })
          : slice(gradient, { axis: resolved, start: before, end: before + length }),
    ],
  });
}

/**
 * Concatenates tensors along one axis.
 * @example
 * ```ts
 * import { concatenate, input } from "undertone/train";
 *
 * const shape = concatenate([input("a", [2, 3]), input("b", [2, 4])], 1).shape; // → [2, 7]
 * ```
 */
export function concatenate(tensors: readonly Tensor[], axis: number): Tensor {
  const [first] = tensors;
  if (first === undefined) throw new RangeError("concatenate: at least one tensor is needed");
  if (tensors.length === 1) return first;
  const fits = (x: Tensor): boolean => sameShape(x.shape.with(axis, 1), first.shape.with(axis, 1));
  if (!tensors.every(fits)) throw shapeError("Concat", tensors, `only axis ${axis} may differ`);
  const starts = tensors.map((_, index) =>
    tensors.slice(0, index).reduce((sum, x) => sum + x.shape[axis]!, 0),
  );
  return node("Concat", tensors, {
    shape: first.shape.with(
      axis,
      tensors.reduce((sum, x) => sum + x.shape[axis]!, 0),
    ),
    type: first.type,
    attributes: { axis },
    gradientRules: tensors.map((x, index) => (gradient) => {
      const start = starts[index]!;
      return slice(gradient, { axis, start, end: start + x.shape[axis]! });
    }),
  });
}

/** Reverses the elements along the given axes. */
export function reverse(x: Tensor, axes: readonly number[]): Tensor {
  const resolved = resolveAxes(x.shape, axes);
  const all = (value: number): Tensor => integers(resolved.map(() => value));
  // An end of -(2 ** 31) is "past the first element", which no index counted from the end can express.
  return node("Slice", [x, all(-1), all(-(2 ** 31)), integers(resolved), all(-1)], {
    shape: x.shape,
    type: x.type,
    gradientRules: [(gradient) => reverse(gradient, axes)],
  });
}
