import { resolveAxis } from "../shapes.ts";
import { node, scalar, type Tensor } from "../tensor.ts";
import { exp, greater, multiply, subtract, where } from "./arithmetic.ts";
import { reduceSum } from "./reduce.ts";

/** max(x, 0). */
export function relu(x: Tensor): Tensor {
  return node("Relu", [x], {
    shape: x.shape,
    gradientRules: [(gradient, y) => where(greater(y, scalar(0)), gradient, scalar(0))],
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

/** Probabilities over one axis: e^x divided by its sum. */
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
