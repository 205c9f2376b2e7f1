import { erf, tanh } from "../../operators/activation.ts";
import { cast, negate, sqrt, subtract, toInteger } from "../../operators/arithmetic.ts";
import { cos, power, sin } from "../../operators/elementary.ts";
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

const unchanged: Translator = (call: Call) => call.inputs[0] ?? call.tensor(0);

/** Operators that work on each element alone, broadcast. */
export const elementwise: Readonly<Record<string, Translator>> = {
  Identity: unchanged,
  Add: binary(addOrNormalize, (a, b) => a + b),
  Sub: binary(subtract, (a, b) => a - b),
  Mul: product,
  Div: quotient,
  Pow: toPower,
  Neg: unary(negate, (x) => -x),
  Sqrt: unary(sqrt, Math.sqrt),
  Cos: unary(cos, Math.cos),
  Sin: unary(sin, Math.sin),
  Erf: unary(erf),
  Tanh: unary(tanh),
  Cast: castTo,
};
