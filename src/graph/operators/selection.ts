/** Operators that choose elements by value; no gradient flows through any. */
import { integers, node, nodes, type Tensor } from "../tensor.ts";

/** Returns the index of the largest element along an axis, which stays with length 1, or the first of several: int64. */
export function argMax(x: Tensor, axis: number): Tensor {
  return node("ArgMax", [x], {
    shape: x.shape.with(axis, 1),
    type: "int64",
    attributes: { axis, keepdims: 1 },
  });
}

/** Returns the `count` largest elements along an axis in descending order, and their indices, int64. */
export function largest(
  x: Tensor,
  { axis, count }: { readonly axis: number; readonly count: number },
): { readonly values: Tensor; readonly indices: Tensor } {
  const shape = x.shape.with(axis, count);
  const outputs = [
    { shape, type: x.type },
    { shape, type: "int64" },
  ] as const;
  const [values, indices] = nodes("TopK", [x, integers([count])], {
    outputs,
    attributes: { axis },
  });
  return { values: values!, indices: indices! };
}

/** Returns the elements at these indices along an axis, for each place of the other axes its own: the shape of `indices`. */
export function elementsAt(x: Tensor, indices: Tensor, axis: number): Tensor {
  return node("GatherElements", [x, indices], {
    shape: indices.shape,
    type: x.type,
    attributes: { axis },
  });
}
