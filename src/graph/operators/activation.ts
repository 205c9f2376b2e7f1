import { resolveAxis } from "../shapes.ts";
import { node, scalar, type Tensor } from "../tensor.ts";
import { add, exp, greater, multiply, negate, subtract, where } from "./arithmetic.ts";
import { clip, step } from "./elementary.ts";
import { reduceSum } from "./reduce.ts";

/**
 * max(x, 0).
 * @example
 * ```ts
 * import { input, relu } from "undertone/train";
 *
 * const shape = relu(input("x", [2, 3])).shape; // → [2, 3]
 * ```
 */
export function relu(x: Tensor): Tensor {
  return node("Relu", [x], {
    shape: x.shape,
    gradientRules: [(gradient, y) => multiply(gradient, step(y))],
  });
}

/** 1 / (1 + e⁻ˣ). */
export function sigmoid(x: Tensor): Tensor {
  return node("Sigmoid", [x], {
    shape: x.shape,
    gradientRules: [(gradient, y) => multiply(gradient, multiply(y, subtract(scalar(1), y)))],
  });
}

/** Hyperbolic tangent. */
export function tanh(x: Tensor): Tensor {
  return node("Tanh", [x], {
    shape: x.shape,
    gradientRules: [(gradient, y) => multiply(gradient, subtract(scalar(1), multiply(y, y)))],
  });
}

/** x · Φ(x), where Φ is the standard normal distribution. @see Hendrycks and Gimpel 2016, GELU */
export function gelu(x: Tensor): Tensor {
  return node("Gelu", [x], {
    shape: x.shape,
    gradientRules: [
      (gradient) => {
        const near = clip(x, -flatFrom, flatFrom);
        const error = erf(multiply(near, scalar(Math.SQRT1_2)));
        const below = multiply(add(error, scalar(1)), scalar(0.5));
        return multiply(gradient, add(below, multiply(near, normalDensity(near))));
      },
    ],
  });
}

/**
 * Where the slope of GELU is 0 or 1 to float32. Farther out the density would have so small numbers that processors
 * take a hundred times as long for them.
 */
const flatFrom = 8;

/** The error function, 2 / √π · ∫₀ˣ e^(−t²) dt. */
export function erf(x: Tensor): Tensor {
  return node("Erf", [x], {
    shape: x.shape,
    gradientRules: [
      (gradient) =>
        multiply(gradient, multiply(exp(negate(multiply(x, x))), scalar(2 / Math.sqrt(Math.PI)))),
    ],
  });
}

function normalDensity(x: Tensor): Tensor {
  return multiply(exp(multiply(multiply(x, x), scalar(-0.5))), scalar(1 / Math.sqrt(2 * Math.PI)));
}

/** Softmax over one axis: e^x divided by its sum. */
export function softmax(x: Tensor, axis = -1): Tensor {
  const resolved = resolveAxis(x.shape, axis);
  return node("Softmax", [x], {
    shape: x.shape,
    attributes: { axis: resolved },
    gradientRules: [
      (gradient, y) => {
        const product = multiply(gradient, y);
        return subtract(
          product,
          multiply(y, reduceSum(product, { axes: [resolved], keepAxes: true })),
        );
      },
    ],
  });
}

/** Far below any score, yet finite: a fully masked row does not become NaN. */
const unreachable = -1e9;

/**
 * Softmax over the last axis among the positions where `mask` is 1, and 0 where it is 0; all 0 where every position is
 * masked. The mask broadcasts against `x`.
 */
export function maskedSoftmax(x: Tensor, mask: Tensor): Tensor {
  const reachable = where(greater(mask, scalar(0)), x, scalar(unreachable));
  return multiply(softmax(reachable), mask);
}

/** Logarithm of the softmax, computed without overflow. */
export function logSoftmax(x: Tensor, axis = -1): Tensor {
  const resolved = resolveAxis(x.shape, axis);
  return node("LogSoftmax", [x], {
    shape: x.shape,
    attributes: { axis: resolved },
    gradientRules: [
      (gradient, y) => {
        const total = reduceSum(gradient, { axes: [resolved], keepAxes: true });
        return subtract(gradient, multiply(exp(y), total));
      },
    ],
  });
}
