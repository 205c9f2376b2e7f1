import { concatenate, expand, pad, slice, transpose } from "../../operators/layout.ts";
import { broadcastShapes, resolveAxes } from "../../shapes.ts";
import { elementCount, noInput, type Shape } from "../../tensor.ts";
import type { Call, Translator, Value } from "../call.ts";
import { evaluateConcat, evaluateView, repeatedStrides, stridesOf } from "../evaluate.ts";
import type { ConstantValue } from "../constant-value.ts";
import { reshapeOrTurn } from "../patterns.ts";

/** The first input, reshaped. */
function reshaped(call: Call, shape: Shape): Value {
  const x = call.constantAt(0);
  if (x === undefined || x.weight !== undefined) return reshapeOrTurn(call.tensor(0), shape);
  if (elementCount(shape) !== x.values.length)
    throw call.refusal(`[${shape.join(", ")}] has another number of elements`);
  return { ...x, shape };
}

const toShape: Translator = (call) => {
  const from = call.shape(0);
  const target = call.integers(1) ?? call.integerList("shape") ?? [];
  const copies = call.integer("allowzero", 0) === 0;
  const shape = target.map((length, axis) => (length === 0 && copies ? from[axis]! : length));
  const rest = elementCount(shape.filter((length) => length !== -1));
  return reshaped(
    call,
    shape.map((length) => (length === -1 ? elementCount(from) / rest : length)),
  );
};

const unsqueeze: Translator = (call) => {
  const from = call.shape(0);
  const axes = call.listOrInput("axes", 1) ?? [];
  const rank = from.length + axes.length;
  const added = resolveAxes(
    Array.from({ length: rank }, () => 1),
    axes,
  );
  const shape = [...from];
  for (const axis of added) shape.splice(axis, 0, 1);
  return reshaped(call, shape);
};

const squeeze: Translator = (call) => {
  const from = call.shape(0);
  const axes = call.listOrInput("axes", 1);
  const dropped =
    axes === undefined
      ? from.flatMap((n, axis) => (n === 1 ? [axis] : []))
      : resolveAxes(from, axes);
  return reshaped(
    call,
    from.filter((_, axis) => !dropped.includes(axis)),
  );
};

const flatten: Translator = (call) => {
  const from = call.shape(0);
  const axis = call.integer("axis", 1);
  const rows = elementCount(from.slice(0, axis < 0 ? axis + from.length : axis));
  return reshaped(call, [rows, elementCount(from) / rows]);
};

const transposed: Translator = (call) => {
  const order =
    call.integerList("perm") ??
    call
      .shape(0)
      .map((_, axis) => axis)
      .toReversed();
  const x = plainConstant(call, 0);
  if (x === undefined) return transpose(call.tensor(0), order);
  const strides = stridesOf(x.shape);
  return evaluateView(
    x,
    order.map((axis) => x.shape[axis]!),
    { strides: order.map((axis) => strides[axis]!) },
  );
};

/** A constant that is no weight: weights stay tensors, so that they can be trained. */
function plainConstant(call: Call, index: number): ConstantValue | undefined {
  const x = call.constantAt(index);
  return x?.weight === undefined ? x : undefined;
}

const concat: Translator = (call) => {
  const axis = call.axis(0);
  if (call.constants !== undefined) return evaluateConcat(call.constants, axis);
  return concatenate(
    call.inputs.map((_, index) => call.tensor(index)),
    axis,
  );
};

const expanded: Translator = (call) => {
  const from = call.shape(0);
  const target = { ...noInput, shape: call.integers(1) ?? [] };
  const shape = broadcastShapes("Expand", { ...noInput, shape: from }, target);
  const x = plainConstant(call, 0);
  return x === undefined
    ? expand(call.tensor(0), shape)
    : evaluateView(x, shape, { strides: repeatedStrides(from, shape) });
};

function repeated<T>(x: T, count: number): T[] {
  return Array.from({ length: count }, () => x);
}

const tile: Translator = (call) => {
  const repeats = [...(call.integers(1) ?? []).entries()];
  const x = plainConstant(call, 0);
  return x === undefined
    ? repeats.reduce((y, [axis, count]) => concatenate(repeated(y, count), axis), call.tensor(0))
    : repeats.reduce((y, [axis, count]) => evaluateConcat(repeated(y, count), axis), x);
};

const split: Translator = (call) => {
  const axis = call.axis(0);
  const length = call.shape(0)[axis]!;
  const count = call.node.outputs.length;
  const part = Math.ceil(length / count);
  const lengths =
    call.listOrInput("split", 1) ??
    Array.from({ length: count }, (_, index) => Math.min(part, length - index * part));
  return lengths.map((size, index) => {
    const start = lengths.slice(0, index).reduce((sum, n) => sum + n, 0);
    return slice(call.tensor(0), { axis, start, end: start + size });
  });
};

const padded: Translator = (call) => {
  const { length: rank } = call.shape(0);
  const pads = call.listOrInput("pads", 1) ?? [];
  const axes = call.integers(3) ?? call.shape(0).map((_, axis) => axis);
  const value = call.integers(2)?.[0] ?? call.float("value", 0);
  if (call.text("mode", "constant") !== "constant" || value !== 0)
    throw call.refusal("only zeros can be padded with");
  return axes.reduce((x, axis, index) => {
    const resolved = axis < 0 ? axis + rank : axis;
    const [before, after] = [pads[index]!, pads[index + axes.length]!];
    const length = x.shape[resolved]!;
    const start = Math.max(0, -before);
    const kept = slice(x, { axis: resolved, start, end: length - Math.max(0, -after) });
    return pad(kept, { axis: resolved, before: Math.max(0, before), after: Math.max(0, after) });
  }, call.tensor(0));
};

/** Operators that move elements without changing them. */
export const layout: Readonly<Record<string, Translator>> = {
  Reshape: toShape,
  Unsqueeze: unsqueeze,
  Squeeze: squeeze,
  Flatten: flatten,
  Transpose: transposed,
  Concat: concat,
  Expand: expanded,
  Tile: tile,
  Split: split,
  Pad: padded,
};
