import { imageShape } from "../shapes.ts";
import { constant, noInput, node, shapeError, scalar, type Tensor } from "../tensor.ts";
import { cast, divide, equal, multiply } from "./arithmetic.ts";
import { reshape } from "./layout.ts";
import { reduceSum } from "./reduce.ts";

/** Height and width of a pooling window, in pixels; windows do not overlap. */
export type Window = readonly [height: number, width: number];

function pooled(operator: string, x: Tensor, [rows, columns]: Window): number[] {
  const [batch, channels, height, width] = imageShape(operator, x);
  if (height < rows || width < columns) {
    throw shapeError(operator, [x], `an image of at least ${rows} by ${columns} wanted`);
  }
  return [batch, channels, Math.floor(height / rows), Math.floor(width / columns)];
}

/**
 * Largest value of each window: [batch, channels, height, width] → [.., height / rows, width / columns].
 * Where several pixels share the largest value, each gets an equal share of the gradient: padding
 * makes whole windows equal, and the gradient must not grow there.
 */
export function maxPool(x: Tensor, window: Window): Tensor {
  const shape = pooled("MaxPool", x, window);
  return node("MaxPool", [x], {
    shape,
    attributes: { kernel_shape: window, strides: window },
    gradientRules: [
      (gradient, maximum) => {
        if (shape[2]! * window[0] !== x.shape[2] || shape[3]! * window[1] !== x.shape[3]) {
          throw shapeError(
            "MaxPool",
            [x],
            `for a gradient, windows of ${window.join(" by ")} must tile the image`,
          );
        }
        const winners = cast(equal(x, repeatPixels(maximum, window)));
        const share = divide(
          gradient,
          multiply(averagePool(winners, window), scalar(window[0] * window[1])),
        );
        return multiply(winners, repeatPixels(share, window));
      },
    ],
  });
}

/** Mean of each window: [batch, channels, height, width] → [.., height / rows, width / columns]. */
export function averagePool(x: Tensor, window: Window): Tensor {
  return node("AveragePool", [x], {
    shape: pooled("AveragePool", x, window),
    attributes: { kernel_shape: window, strides: window },
    gradientRules: [
      (gradient) => multiply(repeatPixels(gradient, window), scalar(1 / (window[0] * window[1]))),
    ],
  });
}

/** Every pixel repeated to a whole window: the shape that pooling had taken away. */
export function repeatPixels(x: Tensor, [rows, columns]: Window): Tensor {
  const [batch, channels, height, width] = imageShape("Resize", x);
  return node("Resize", [x, noInput, constant([1, 1, rows, columns], [4])], {
    shape: [batch, channels, height * rows, width * columns],
    attributes: {
      mode: "nearest",
      nearest_mode: "floor",
      coordinate_transformation_mode: "asymmetric",
    },
    gradientRules: [
      (gradient) => {
        const windows = reshape(gradient, [batch, channels, height, rows, width, columns]);
        return reduceSum(windows, { axes: [3, 5] });
      },
    ],
  });
}
