import { describe, expect, test } from "vitest";
import { drawn, fed, gradientError, valuesOf, type Fed } from "../../../test/finite-differences.ts";
import { gradients } from "../gradients.ts";
import { imageShape } from "../shapes.ts";
import { constant, parameter } from "../tensor.ts";
import { multiply } from "./arithmetic.ts";
import { averagePool, maxPool, repeatPixels, type Window } from "./pooling.ts";
import { reduceSum } from "./reduce.ts";

/** An image [2, 2, height, width] of numbers that lie farther apart than the differences reach. */
function spread(height: number, width: number): Fed {
  const count = 4 * height * width;
  return fed(
    "x",
    [2, 2, height, width],
    Array.from({ length: count }, (_, i) => ((i * 37) % count) / 8 - 3),
  );
}

/** Calls back with the values of each window, in the order of the pooled image. */
function windowsOf({ tensor, values }: Fed, [rows, columns]: Window): number[][] {
  const [batch, channels, height, width] = imageShape("x", tensor);
  const windows: number[][] = [];
  for (let plane = 0; plane < batch * channels; plane++) {
    for (let i = 0; i + rows <= height; i += rows) {
      for (let j = 0; j + columns <= width; j += columns) {
        const pixels: number[] = [];
        for (let p = 0; p < rows; p++) {
          for (let q = 0; q < columns; q++) {
            pixels.push(values[(plane * height + i + p) * width + j + q]!);
          }
        }
        windows.push(pixels);
      }
    }
  }
  return windows;
}

const mean = (pixels: number[]): number => pixels.reduce((a, b) => a + b, 0) / pixels.length;

describe.each<{ size: [number, number]; window: Window; shape: number[] }>([
  { size: [4, 6], window: [2, 2], shape: [2, 2, 2, 3] },
  { size: [4, 6], window: [4, 1], shape: [2, 2, 1, 6] },
  { size: [3, 4], window: [1, 2], shape: [2, 2, 3, 2] },
  { size: [5, 7], window: [2, 2], shape: [2, 2, 2, 3] }, // a row and a column are left over
  { size: [6, 5], window: [3, 2], shape: [2, 2, 2, 2] },
])("windows of $window over an image of $size", ({ size, window, shape }) => {
  const x = spread(...size);

  test("maximum and mean of each window", async () => {
    const [largest, average] = [maxPool(x.tensor, window), averagePool(x.tensor, window)];
    expect([largest.shape, average.shape]).toEqual([shape, shape]);
    const windows = windowsOf(x, window);
    expect(await valuesOf(largest, [x])).toEqual(windows.map((pixels) => Math.max(...pixels)));
    const means = await valuesOf(average, [x]);
    for (const [i, pixels] of windows.entries()) expect(means[i]).toBeCloseTo(mean(pixels), 5);
  });

  test("gradients agree with differences", async () => {
    expect(await gradientError(maxPool(x.tensor, window), [x])).toBeLessThan(1e-3);
    expect(await gradientError(averagePool(x.tensor, window), [x])).toBeLessThan(1e-3);
  });
});

test("pixels that share the maximum share the gradient", async () => {
  const x = fed("x", [1, 1, 2, 6], [5, 5, 1, 7, 0, 0, 5, 5, 7, 7, 0, -1]);
  const y = maxPool(x.tensor, [2, 2]);
  const loss = reduceSum(multiply(y, constant([4, 6, 3], [1, 1, 1, 3])), { axes: [0, 1, 2, 3] });
  const gradient = await valuesOf(gradients(loss, [x.tensor])[0]!, [x]);
  expect(gradient).toEqual([1, 1, 0, 2, 1, 1, 1, 1, 2, 2, 1, 0]);
});

test("repeated pixels: values and gradients", async () => {
  const x = fed("x", [1, 1, 2, 2], [1, 2, 3, 4]);
  const y = repeatPixels(x.tensor, [1, 3]);
  expect(await valuesOf(y, [x])).toEqual([1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4]);
  const image = drawn("image", [2, 2, 2, 3]);
  expect(await gradientError(repeatPixels(image.tensor, [3, 2]), [image])).toBeLessThan(1e-3);
});

test("an image smaller than its window is refused", () => {
  expect(() => maxPool(parameter("x", [1, 1, 1, 4]), [2, 2])).toThrow(
    /^MaxPool: shapes \[1, 1, 1, 4\] do not fit: an image of at least 2 by 2/,
  );
  expect(() => averagePool(parameter("x", [4, 4]), [2, 2])).toThrow(
    /^AveragePool: shapes \[4, 4\]/,
  );
});
