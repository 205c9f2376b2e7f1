import { imageShape } from "../shapes.ts";
import { constant, noInput, node, shapeError, scalar, type Tensor } from "../tensor.ts";
import { cast, divide, equal, multiply } from "./arithmetic.ts";
import { pad, reshape, slice } from "./layout.ts";
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

/** The part of an image that complete windows cover. */
function covered(x: Tensor, [rows, columns]: Window): Tensor {
  const [height, width] = [x.shape[2]!, x.shape[3]!];
  const tall = slice(x, { axis: 2, start: 0, end: height - (height % rows) });
  return slice(tall, { axis: 3, start: 0, end: width - (width % columns) });
}

/** Zero gradients for the pixels of `x` that no window covers. */
function uncovered(gradient: Tensor, x: Tensor): Tensor {
  const after = (axis: number): number => x.shape[axis]! - gradient.shape[axis]!;
  const tall = pad(gradient, { axis: 2, before: 0, after: after(2) });
  return pad(tall, { axis: 3, before: 0, after: after(3) });
}

/**
 * Largest value of each window: [batch, channels, height, width] → [.., height / rows, width / columns],
 * rounded down. Where several pixels share the largest value, each gets an equal share of the gradient:
 * padding makes whole windows equal, and the gradient must not grow there.
 */
export function maxPool(x: Tensor, window: Window): Tensor {
  return node("MaxPool", [x], {
    shape: pooled("MaxPool", x, window),
    attributes: { kernel_shape: window, strides: window },
    gradientRules: [
      (gradient, maximum) => {
        const winners = cast(equal(covered(x, window), repeatPixels(maximum, window)));
        const share = divide(
          gradient,
          multiply(averagePool(winners, window), scalar(window[0] * window[1])),
        );
        return uncovered(multiply(winners, repeatPixels(share, window)), x);
      },
    ],
  });
}

/** Mean of each window: [batch, channels, height, width] → [.., height / rows, width / columns], rounded down. */
export function averagePool(x: Tensor, window: Window): Tensor {
  return node("AveragePool", [x], {
    shape: pooled("AveragePool", x, window),
    attributes: { kernel_shape: window, strides: window },
    gradientRules: [
      (gradient) => {
        const share = multiply(gradient, scalar(1 / (window[0] * window[1])));
        return uncovered(repeatPixels(share, window), x);
      },
    ],
  });
}

/** Each pixel repeated to a window: nearest-neighbor upsampling. */
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
