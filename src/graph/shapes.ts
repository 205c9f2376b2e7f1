import type { Shape, Tensor } from "./tensor.ts";
import { shapeError } from "./tensor.ts";

/** Returns the shape of two operands broadcast against each other, aligned at their last axes. */
export function broadcastShapes(operator: string, a: Tensor, b: Tensor): Shape {
  const rank = Math.max(a.shape.length, b.shape.length);
  return Array.from({ length: rank }, (_, axis) => {
    const lengthA = a.shape[a.shape.length - rank + axis] ?? 1;
    const lengthB = b.shape[b.shape.length - rank + axis] ?? 1;
    if (lengthA !== lengthB && lengthA !== 1 && lengthB !== 1) throw shapeError(operator, [a, b]);
    return Math.max(lengthA, lengthB);
  });
}

/** Returns the lengths of [batch, channels, height, width]. */
export function imageShape(operator: string, x: Tensor): readonly [number, number, number, number] {
  const [batch, channels, height, width, ...more] = x.shape;
  if (width === undefined || more.length > 0) {
    throw shapeError(operator, [x], "[batch, channels, height, width] wanted");
  }
  return [batch!, channels!, height!, width];
}

/** Returns an axis counted from the start; a negative one counts from the end. */
export function resolveAxis(shape: Shape, axis: number): number {
  const resolved = axis < 0 ? axis + shape.length : axis;
  if (!Number.isInteger(axis) || resolved < 0 || resolved >= shape.length) {
    throw new RangeError(`axis ${axis} is outside a tensor of rank ${shape.length}`);
  }
  return resolved;
}

/** Returns axes counted from the start, in ascending order. */
export function resolveAxes(shape: Shape, axes: readonly number[]): number[] {
  return axes.map((axis) => resolveAxis(shape, axis)).toSorted((a, b) => a - b);
}

/** Whether two shapes are equal. */
export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((length, axis) => length === b[axis]);
}
