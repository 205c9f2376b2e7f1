import { node, scalar, type Tensor } from "../../tensor.ts";
import { cast, divide, equal, multiply } from "../arithmetic.ts";
import { concatenate, reshape } from "../layout.ts";
import type { Window } from "../pooling.ts";
import { blockedDomain } from "./layout.ts";

/**
 * Largest value of each window of a blocked image: [batch, channels, height, width] → [.., height / rows, width /
 * columns], which must be whole numbers. Pixels that share the largest value share the gradient.
 */
export function blockedMaxPool(x: Tensor, window: Window, block: number): Tensor {
  return node("MaxPool", [x], {
    ...poolOf(x, window),
    gradientRules: [
      (gradient, maximum) => {
        const [rows, columns] = window;
        // Whole rows of windows against each of their rows of pixels: [.., rows, width · block].
        const lines = (image: Tensor): Tensor =>
          reshape(image, [lineCount(maximum, block), rows, x.shape[3]! * block]);
        const line = (image: Tensor): Tensor => repeatColumns(image, columns, block);
        const winners = cast(equal(lines(x), line(maximum)));
        const share = node("AveragePool", [reshape(winners, x.shape)], poolOf(x, window));
        const count = multiply(share, scalar(rows * columns));
        return reshape(multiply(winners, line(divide(gradient, count))), x.shape);
      },
    ],
  });
}

function poolOf(x: Tensor, [rows, columns]: Window) {
  const [batch, channels, height, width] = x.shape;
  return {
    domain: blockedDomain,
    shape: [batch!, channels!, height! / rows, width! / columns],
    attributes: { kernel_shape: [rows, columns], strides: [rows, columns], pads: [0, 0, 0, 0] },
  };
}

function lineCount(x: Tensor, block: number): number {
  const [batch, channels, height] = x.shape;
  return batch! * (channels! / block) * height!;
}

/** Each pixel of a blocked image repeated along its line: [lines, 1, width · columns · block]. */
function repeatColumns(x: Tensor, columns: number, block: number): Tensor {
  const pixels = reshape(x, [lineCount(x, block) * x.shape[3]!, block]);
  const repeated = concatenate(
    Array.from({ length: columns }, () => pixels),
    1,
  );
  return reshape(repeated, [lineCount(x, block), 1, x.shape[3]! * columns * block]);
}
