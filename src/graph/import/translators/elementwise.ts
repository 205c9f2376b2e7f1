import { erf, relu, sigmoid, tanh } from "../../operators/activation.ts";
import {
  cast,
  exp,
  log,
  maximum,
  minimum,
  negate,
  sqrt,
  subtract,
  toInteger,
  where,
} from "../../operators/arithmetic.ts";
import { absolute, cos, power, reciprocal, sin } from "../../operators/elementary.ts";
import { broadcastShapes } from "../../shapes.ts";
import { node, scalar, type Tensor } from "../../tensor.ts";
import { isTensor, type Call, type Translator, type Value } from "../call.ts";
import { evaluateElementwise, type OfElements } from "../evaluate.ts";
import { constantTypeOf } from "../decode-tensor.ts";
import type { ConstantType } from "../constant-value.ts";
import { addOrNormalize, divideOrStandardize, multiplyOrFuse } from "../patterns.ts";

/** Folds constants; otherwise builds a tensor. */
function unary(build: (x: Tensor) => Tensor, f?: OfElements): Translator {
  return (call) =>
    call.constants === undefined || f === undefined
      ? build(call.tensor(0))
      : evaluateElementwise(call.constants, call.constants[0]!.type, f);
}

function binary(build: (a: Tensor, b: Tensor) => Tensor, f: OfElements): Translator {
  return (call) =>
    call.constants === undefined
      ? build(call.tensor(0), call.tensor(1))
      : evaluateElementwise(call.constants, call.constants[0]!.type, f);
}

/** Maximum or minimum of any number of tensors. */
function extreme(build: (a: Tensor, b: Tensor) => Tensor, f: OfElements): Translator {
  return (call) =>
    call.constants === undefined
      ? call.inputs.map((_, index) => call.tensor(index)).reduce((a, b) => build(a, b))
      : call.constants.reduce((a, b) => evaluateElementwise([a, b], a.type, f));
}

/** A comparison or a logical operator, through which no gradient flows. */
function condition(operator: string, f: (a: number, b: number) => boolean): Translator {
  return (call) => {
    if (call.constants !== undefined)
      return evaluateElementwise(call.constants, "bool", (a, b) => Number(f(a, b)));
    const [a, b] = [call.tensor(0), call.tensor(1)];
    return node(operator, [a, b], { shape: broadcastShapes(operator, a, b), type: "bool" });
  };
}

function rounding(operator: string, f: OfElements): Translator {
  return unary((x) => node(operator, [x], { shape: x.shape }), f);
}

/** The quotient; of whole numbers it is truncated towards 0. */
const quotient: Translator = (call) => {
  const { constants } = call;
  if (constants === undefined) return divideOrStandardize(call.tensor(0), call.tensor(1));
  const { type } = constants[0]!;
  return evaluateElementwise(constants, type, (a, b) =>
    type === "float32" ? a / b : Math.trunc(a / b),
  );
};

const product: Translator = (call) => {
  const unscaled = call.inputs.findIndex((value) => isUnscaled(value));
  if (unscaled === -1) return binary(multiplyOrFuse, (a, b) => a * b)(call);
  const [value, scale] = [call.inputs[unscaled], call.constantAt(1 - unscaled)];
  if (!isUnscaled(value) || scale === undefined)
    throw call.refusal("the scale of a quantized product is no constant");
  return value.scaled(scale);
};

function isUnscaled(value: Value | undefined): value is Extract<Value, { kind: "unscaled" }> {
  return value !== undefined && !isTensor(value) && value.kind === "unscaled";
}

const castTo: Translator = (call) => {
  const [value] = call.inputs;
  if (isUnscaled(value)) return value;
  const type = constantTypeOf(call.integer("to", 0));
  if (type === undefined)
    throw call.refusal("it casts to a type other than float32, whole or bool");
  if (call.constants !== undefined)
    return evaluateElementwise(call.constants, type, conversion(type));
  const x = call.tensor(0);
  if (type === "float32") return cast(x);
  if (type === "int64" || type === "int32") return toInteger(x, type);
  if (type === "bool") return node("Cast", [x], { shape: x.shape, type, attributes: { to: 9 } });
  throw call.refusal("it casts to bytes");
};

function conversion(type: ConstantType): OfElements {
  if (type === "float32") return (x) => x;
  return type === "bool" ? (x) => Number(x !== 0) : (x) => Math.trunc(x);
}

const toPower: Translator = (call) => {
  if (call.constants !== undefined) return binary(() => scalar(0), Math.pow)(call);
  const exponent = call.constantAt(1);
  if (exponent?.values.length !== 1) throw call.refusal("its exponent is no single constant");
  return power(call.tensor(0), exponent.values[0]!);
};

const select: Translator = (call) =>
  call.constants === undefined
    ? where(call.tensor(0), call.tensor(1), call.tensor(2))
    : evaluateElementwise(call.constants, call.constants[1]!.type, (c, a, b) => (c === 0 ? b : a));

/** Bounds are attributes in old operator sets, and either may be left out. */
const clip: Translator = (call) => {
  const bound = (name: string, index: number): Tensor | undefined => {
    const attribute = call.node.attributes.get(name);
    if (attribute !== undefined) return scalar(attribute.f);
    return call.inputs[index] === undefined ? undefined : call.tensor(index);
  };
  const [least, most] = [bound("min", 1), bound("max", 2)];
  const raised = least === undefined ? call.tensor(0) : maximum(call.tensor(0), least);
  return most === undefined ? raised : minimum(raised, most);
};

const unchanged: Translator = (call: Call) => call.inputs[0] ?? call.tensor(0);

/** Operators that work on each element alone, broadcast. */
export const elementwise: Readonly<Record<string, Translator>> = {
  Identity: unchanged,
  Dropout: unchanged,
  Add: binary(addOrNormalize, (a, b) => a + b),
  Sub: binary(subtract, (a, b) => a - b),
  Mul: product,
  Div: quotient,
  Pow: toPower,
  Max: extreme(maximum, (a, b) => Math.max(a, b)),
  Min: extreme(minimum, (a, b) => Math.min(a, b)),
  Mod: binary(
    (a, b) => node("Mod", [a, b], { shape: broadcastShapes("Mod", a, b), type: a.type }),
    (a, b) => a - b * Math.floor(a / b),
  ),
  Neg: unary(negate, (x) => -x),
  Abs: unary(absolute, (x) => Math.abs(x)),
  Sqrt: unary(sqrt, Math.sqrt),
  Exp: unary(exp, Math.exp),
  Log: unary(log, Math.log),
  Reciprocal: unary(reciprocal, (x) => 1 / x),
  Cos: unary(cos, Math.cos),
  Sin: unary(sin, Math.sin),
  Erf: unary(erf),
  Tanh: unary(tanh),
  Sigmoid: unary(sigmoid),
  Relu: unary(relu, (x) => Math.max(x, 0)),
  Floor: rounding("Floor", Math.floor),
  Ceil: rounding("Ceil", Math.ceil),
  Clip: clip,
  Cast: castTo,
  Where: select,
  Equal: condition("Equal", (a, b) => a === b),
  Less: condition("Less", (a, b) => a < b),
  LessOrEqual: condition("LessOrEqual", (a, b) => a <= b),
  Greater: condition("Greater", (a, b) => a > b),
  GreaterOrEqual: condition("GreaterOrEqual", (a, b) => a >= b),
  And: condition("And", (a, b) => a !== 0 && b !== 0),
  Or: condition("Or", (a, b) => a !== 0 || b !== 0),
  Not: (call) =>
    call.constants === undefined
      ? node("Not", [call.tensor(0)], { shape: call.shape(0), type: "bool" })
      : evaluateElementwise(call.constants, "bool", (x) => Number(x === 0)),
};
