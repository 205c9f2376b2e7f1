import { node, scalar, type Tensor } from "../tensor.ts";
import { multiply, negate } from "./arithmetic.ts";

/** x to a constant power. */
export function power(x: Tensor, exponent: number): Tensor {
  if (exponent === 2) return multiply(x, x);
  return node("Pow", [x, scalar(exponent)], {
    shape: x.shape,
    gradientRules: [
      (gradient) => multiply(gradient, multiply(power(x, exponent - 1), scalar(exponent))),
    ],
  });
}

export function cos(x: Tensor): Tensor {
  return node("Cos", [x], {
    shape: x.shape,
    gradientRules: [(gradient) => negate(multiply(gradient, sin(x)))],
  });
}

export function sin(x: Tensor): Tensor {
  return node("Sin", [x], {
    shape: x.shape,
    gradientRules: [(gradient) => multiply(gradient, cos(x))],
  });
}

/** −1, 0 or 1; no gradient flows through. */
export function sign(x: Tensor): Tensor {
  return node("Sign", [x], { shape: x.shape });
}
