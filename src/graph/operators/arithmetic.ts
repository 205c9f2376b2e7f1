import { broadcastShapes } from "../shapes.ts";
import { node, scalar, type Tensor } from "../tensor.ts";
import { sumToShape } from "./reduce.ts";

/**
 * a + b, broadcast.
 * @example
 * ```ts
 * import { add, input } from "undertone/train";
 *
 * const shape = add(input("a", [2, 3]), input("b", [3])).shape; // → [2, 3]
 * ```
 */
export function add(a: Tensor, b: Tensor): Tensor {
  return node("Add", [a, b], {
    shape: broadcastShapes("Add", a, b),
    type: a.type,
    gradientRules: [
      (gradient) => sumToShape(gradient, a.shape),
      (gradient) => sumToShape(gradient, b.shape),
    ],
  });
}

/** a − b, broadcast. */
export function subtract(a: Tensor, b: Tensor): Tensor {
  return node("Sub", [a, b], {
    shape: broadcastShapes("Sub", a, b),
    type: a.type,
    gradientRules: [
      (gradient) => sumToShape(gradient, a.shape),
      (gradient) => negate(sumToShape(gradient, b.shape)),
    ],
  });
}

/**
 * Elementwise product a · b, broadcast.
 * @example
 * ```ts
 * import { input, multiply } from "undertone/train";
 *
 * const shape = multiply(input("a", [2, 3]), input("b", [2, 1])).shape; // → [2, 3]
 * ```
 */
export function multiply(a: Tensor, b: Tensor): Tensor {
  return node("Mul", [a, b], {
    shape: broadcastShapes("Mul", a, b),
    type: a.type,
    gradientRules: [
      (gradient) => sumToShape(multiply(gradient, b), a.shape),
      (gradient) => sumToShape(multiply(gradient, a), b.shape),
    ],
  });
}

/** Elementwise quotient a / b, broadcast. */
export function divide(a: Tensor, b: Tensor): Tensor {
  return node("Div", [a, b], {
    shape: broadcastShapes("Div", a, b),
    type: a.type,
    gradientRules: [
      (gradient) => sumToShape(divide(gradient, b), a.shape),
      (gradient, quotient) => negate(sumToShape(divide(multiply(gradient, quotient), b), b.shape)),
    ],
  });
}

export function negate(x: Tensor): Tensor {
  return node("Neg", [x], { shape: x.shape, gradientRules: [negate] });
}

export function sqrt(x: Tensor): Tensor {
  return node("Sqrt", [x], {
    shape: x.shape,
    gradientRules: [(gradient, root) => divide(gradient, multiply(root, scalar(2)))],
  });
}

export function exp(x: Tensor): Tensor {
  return node("Exp", [x], {
    shape: x.shape,
    gradientRules: [(gradient, power) => multiply(gradient, power)],
  });
}

/** Natural logarithm. */
export function log(x: Tensor): Tensor {
  return node("Log", [x], { shape: x.shape, gradientRules: [(gradient) => divide(gradient, x)] });
}

/** The larger of a and b, broadcast; the gradient passes to the larger, to b where they are equal. */
export function maximum(a: Tensor, b: Tensor): Tensor {
  const isLarger = (): Tensor => greater(a, b);
  return node("Max", [a, b], {
    shape: broadcastShapes("Max", a, b),
    type: a.type,
    gradientRules: [
      (gradient) => sumToShape(where(isLarger(), gradient, scalar(0)), a.shape),
      (gradient) => sumToShape(where(isLarger(), scalar(0), gradient), b.shape),
    ],
  });
}

/** The larger of x and a fixed value; the gradient passes where x is larger. */
export function clampBelow(x: Tensor, least: number): Tensor {
  return maximum(x, scalar(least));
}

/** Elementwise a > b. */
export function greater(a: Tensor, b: Tensor): Tensor {
  return node("Greater", [a, b], { shape: broadcastShapes("Greater", a, b), type: "bool" });
}

/** Elementwise a = b. */
export function equal(a: Tensor, b: Tensor): Tensor {
  return node("Equal", [a, b], { shape: broadcastShapes("Equal", a, b), type: "bool" });
}

/** Elements of `a` where the condition holds, elements of `b` elsewhere. Gradients flow to both. */
export function where(condition: Tensor, a: Tensor, b: Tensor): Tensor {
  const shape = broadcastShapes("Where", condition, {
    ...a,
    shape: broadcastShapes("Where", a, b),
  });
  return node("Where", [condition, a, b], {
    shape,
    type: a.type,
    gradientRules: [
      undefined,
      (gradient) => sumToShape(where(condition, gradient, scalar(0)), a.shape),
      (gradient) => sumToShape(where(condition, scalar(0), gradient), b.shape),
    ],
  });
}

/** Converts conditions (1 where they hold, else 0), whole numbers or half precision to float32. */
export function cast(x: Tensor): Tensor {
  if (x.type === "float32") return x;
  return node("Cast", [x], { shape: x.shape, attributes: { to: 1 } });
}

/** Converts to whole numbers, rounded towards 0; no gradient flows through. */
export function toInteger(x: Tensor, type: "int32" | "int64"): Tensor {
  if (x.type === type) return x;
  return node("Cast", [x], { shape: x.shape, type, attributes: { to: type === "int32" ? 6 : 7 } });
}
