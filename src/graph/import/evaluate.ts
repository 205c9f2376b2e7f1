import { sameShape } from "../shapes.ts";
import type { Shape } from "../tensor.ts";
import {
  checkedCount,
  constantValue,
  type ConstantValue,
  type ConstantType,
} from "./constant-value.ts";

/** The strides of a contiguous tensor of this shape. */
export function stridesOf(shape: Shape): number[] {
  return shape.map((_, axis) => shape.slice(axis + 1).reduce((product, n) => product * n, 1));
}

/** The offsets of the elements of a strided tensor, in row-major order. */
function placesOf(shape: Shape, strides: readonly number[], offset = 0): Float64Array {
  const places = new Float64Array(checkedCount(shape));
  let filled = 1;
  places[0] = offset;
  // From the last axis outwards, the offsets so far are repeated one stride further.
  for (const [axis, length] of [...shape.entries()].toReversed()) {
    for (let index = filled; index < filled * length; index++)
      places[index] = places[index - filled]! + strides[axis]!;
    filled *= length;
  }
  return places;
}

/** The shape of constants broadcast against each other. */
function broadcastShape(operands: readonly ConstantValue[]): number[] {
  const rank = Math.max(...operands.map(({ shape }) => shape.length));
  return Array.from({ length: rank }, (_, axis) => {
    const lengths = operands.map(({ shape }) => shape[shape.length - rank + axis] ?? 1);
    const length = lengths.find((n) => n !== 1) ?? 1;
    if (lengths.some((n) => n !== 1 && n !== length)) {
      throw new RangeError(
        `shapes ${operands.map(({ shape }) => `[${shape.join(", ")}]`).join(" and ")} do not fit`,
      );
    }
    return length;
  });
}

/** A function of one element of each of up to three operands. */
export type OfElements = (a: number, b: number, c: number) => number;

/** Returns for an operand its element at each index of the shape that it is broadcast to. */
function elementsOver(shape: Shape): (operand: ConstantValue) => (index: number) => number {
  return ({ shape: own, values }) => {
    if (values.length === 1) return () => values[0]!;
    if (sameShape(own, shape)) return (index) => values[index]!;
    const places = placesOf(shape, repeatedStrides(own, shape));
    return (index) => values[places[index]!]!;
  };
}

const none = (): number => 0;

/** Folds an elementwise function of constants, broadcast. The result of a single weight stays that weight. */
export function evaluateElementwise(
  operands: readonly ConstantValue[],
  type: ConstantType,
  f: OfElements,
): ConstantValue {
  const shape = broadcastShape(operands);
  const [a = none, b = none, c = none] = operands.map(elementsOver(shape));
  const result = constantValue(shape, type, (index) => f(a(index), b(index), c(index)));
  const weights = operands.flatMap(({ weight }) => (weight === undefined ? [] : [weight]));
  return weights.length === 1 ? { ...result, weight: weights[0]! } : result;
}

/** Strides that repeat a tensor to a shape: 0 along the axes where it has a single element. */
function repeatedStrides(from: Shape, shape: Shape): number[] {
  const offset = shape.length - from.length;
  const strides = stridesOf(from);
  return shape.map((length, axis) => {
    const own = from[axis - offset] ?? 1;
    return own === 1 && length !== 1 ? 0 : (strides[axis - offset] ?? 0);
  });
}

/** Folds a transposition or repetition: along each axis every `strides` elements, from `offset` on. */
export function evaluateView(
  x: ConstantValue,
  shape: Shape,
  { strides, offset = 0 }: { readonly strides: readonly number[]; readonly offset?: number },
): ConstantValue {
  const places = placesOf(shape, strides, offset);
  return constantValue(shape, x.type, (index) => x.values[places[index]!]!);
}

/** Folds a concatenation along one axis. */
export function evaluateConcat(parts: readonly ConstantValue[], axis: number): ConstantValue {
  const lengths = parts.map(({ shape }) => shape[axis]!);
  const total = lengths.reduce((sum, length) => sum + length, 0);
  const shape = parts[0]!.shape.with(axis, total);
  const inner = stridesOf(shape)[axis]!;
  return constantValue(shape, parts[0]!.type, (index) => {
    const row = Math.floor(index / (inner * total));
    let place = Math.floor(index / inner) % total;
    let part = 0;
    while (place >= lengths[part]!) place -= lengths[part++]!;
    return parts[part]!.values[(row * lengths[part]! + place) * inner + (index % inner)]!;
  });
}

/** Folds a gather along one axis; negative indices count from the end. */
export function evaluateGather(
  x: ConstantValue,
  indices: ConstantValue,
  axis: number,
): ConstantValue {
  const length = x.shape[axis]!;
  const inner = stridesOf(x.shape)[axis]!;
  const count = indices.values.length;
  const shape = [...x.shape.slice(0, axis), ...indices.shape, ...x.shape.slice(axis + 1)];
  return constantValue(shape, x.type, (index) => {
    const row = Math.floor(index / (inner * count));
    const wanted = indices.values[Math.floor(index / inner) % count]!;
    const place = wanted < 0 ? wanted + length : wanted;
    if (place < 0 || place >= length)
      throw new RangeError(`there is no element ${wanted} of ${length}`);
    return x.values[(row * length + place) * inner + (index % inner)]!;
  });
}
