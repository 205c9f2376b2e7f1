import { sameShape } from "../shapes.ts";
import type { Shape } from "../tensor.ts";
import { checkedCount, known, type Known, type KnownType } from "./known.ts";

/** How far apart neighbors along each axis are in memory. */
export function stridesOf(shape: Shape): number[] {
  return shape.map((_, axis) => shape.slice(axis + 1).reduce((product, n) => product * n, 1));
}

/** Where a strided tensor has each element of a shape, in order. */
function placesOf(shape: Shape, strides: readonly number[], offset = 0): Float64Array {
  const places = new Float64Array(checkedCount(shape));
  let filled = 1;
  places[0] = offset;
  // From the last axis outwards, what is filled already is repeated a stride further on.
  for (const [axis, length] of [...shape.entries()].toReversed()) {
    for (let index = filled; index < filled * length; index++)
      places[index] = places[index - filled]! + strides[axis]!;
    filled *= length;
  }
  return places;
}

/** The shape of known operands broadcast against each other. */
function broadcastShape(operands: readonly Known[]): number[] {
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

/** Reads an operand's element for each of a shape that it is broadcast to. */
function elementsOver(shape: Shape): (operand: Known) => (index: number) => number {
  return ({ shape: own, values }) => {
    if (values.length === 1) return () => values[0]!;
    if (sameShape(own, shape)) return (index) => values[index]!;
    const places = placesOf(shape, repeatedStrides(own, shape));
    return (index) => values[places[index]!]!;
  };
}

const none = (): number => 0;

/** A function of the elements of known operands, broadcast. What is made of one weight stays that weight. */
export function evaluateElementwise(
  operands: readonly Known[],
  type: KnownType,
  f: OfElements,
): Known {
  const shape = broadcastShape(operands);
  const [a = none, b = none, c = none] = operands.map(elementsOver(shape));
  const result = known(shape, type, (index) => f(a(index), b(index), c(index)));
  const weights = operands.flatMap(({ weight }) => (weight === undefined ? [] : [weight]));
  return weights.length === 1 ? { ...result, weight: weights[0]! } : result;
}

/** Strides that repeat a tensor to a shape: 0 along the axes where it has a single element. */
export function repeatedStrides(from: Shape, shape: Shape): number[] {
  const offset = shape.length - from.length;
  const strides = stridesOf(from);
  return shape.map((length, axis) => {
    const own = from[axis - offset] ?? 1;
    return own === 1 && length !== 1 ? 0 : (strides[axis - offset] ?? 0);
  });
}

/** Known values in another order or repeated: along each axis every `strides` elements, from `offset` on. */
export function evaluateView(
  x: Known,
  shape: Shape,
  { strides, offset = 0 }: { readonly strides: readonly number[]; readonly offset?: number },
): Known {
  const places = placesOf(shape, strides, offset);
  return known(shape, x.type, (index) => x.values[places[index]!]!);
}

/** Known values joined along one axis. */
export function evaluateConcat(parts: readonly Known[], axis: number): Known {
  const lengths = parts.map(({ shape }) => shape[axis]!);
  const total = lengths.reduce((sum, length) => sum + length, 0);
  const shape = parts[0]!.shape.with(axis, total);
  const inner = stridesOf(shape)[axis]!;
  return known(shape, parts[0]!.type, (index) => {
    const row = Math.floor(index / (inner * total));
    let place = Math.floor(index / inner) % total;
    let part = 0;
    while (place >= lengths[part]!) place -= lengths[part++]!;
    return parts[part]!.values[(row * lengths[part]! + place) * inner + (index % inner)]!;
  });
}

/** Elements of known values along one axis by their indices; negative ones count from the end. */
export function evaluateGather(x: Known, indices: Known, axis: number): Known {
  const length = x.shape[axis]!;
  const inner = stridesOf(x.shape)[axis]!;
  const count = indices.values.length;
  const shape = [...x.shape.slice(0, axis), ...indices.shape, ...x.shape.slice(axis + 1)];
  return known(shape, x.type, (index) => {
    const row = Math.floor(index / (inner * count));
    const wanted = indices.values[Math.floor(index / inner) % count]!;
    const place = wanted < 0 ? wanted + length : wanted;
    if (place < 0 || place >= length)
      throw new RangeError(`there is no element ${wanted} of ${length}`);
    return x.values[(row * length + place) * inner + (index % inner)]!;
  });
}
