import { concatenate, transpose } from "../../operators/layout.ts";
import { resolveAxes } from "../../shapes.ts";
import { elementCount, type Shape } from "../../tensor.ts";
import type { Call, Translator, Value } from "../call.ts";
import { evaluateConcat, evaluateView, stridesOf } from "../evaluate.ts";
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

/** Operators that move elements without changing them. */
export const layout: Readonly<Record<string, Translator>> = {
  Reshape: toShape,
  Unsqueeze: unsqueeze,
  Squeeze: squeeze,
  Transpose: transposed,
  Concat: concat,
};
