import { node, scalar, type Tensor } from "../tensor.ts";
import { cast, equal, multiply, negate } from "./arithmetic.ts";

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

/** x held between two numbers; the gradient passes where x is between them. */
export function clip(x: Tensor, least: number, most: number): Tensor {
  return node("Clip", [x, scalar(least), scalar(most)], {
    shape: x.shape,
    gradientRules: [(gradient, y) => multiply(gradient, cast(equal(x, y)))],
  });
}

/** 1 where x is above 0, else 0; no gradient flows through. In one pass, unlike a comparison and a cast. */
export function step(x: Tensor): Tensor {
  // The smallest positive float32 times this slope is 0.5 at least, any normal one more than 1.
  return node("HardSigmoid", [x], {
    shape: x.shape,
    attributes: { alpha: { float: steepest }, beta: { float: 0 } },
  });
}

const steepest = 2 ** 127;
