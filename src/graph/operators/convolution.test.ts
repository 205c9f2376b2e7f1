import { describe, expect, test } from "vitest";
import { drawn, gradientError, valuesOf, type Fed } from "../../../test/finite-differences.ts";
import { imageShape } from "../shapes.ts";
import { parameter } from "../tensor.ts";
import { convolution, imagePatches } from "./convolution.ts";
import { stridedConvolution } from "./strided-convolution.ts";

/** The definition: a sum over input channels and places of the filter, zeros outside the image. */
function plainConvolution(x: Fed, filters: Fed): number[] {
  const [batch, channels, height, width] = imageShape("x", x.tensor);
  const [out, , rows, columns] = imageShape("filters", filters.tensor);
  const y: number[] = [];
  for (let item = 0; item < batch; item++) {
    for (let o = 0; o < out; o++) {
      for (let i = 0; i < height; i++) {
        for (let j = 0; j < width; j++) {
          let sum = 0;
          for (let c = 0; c < channels; c++) {
            for (let p = 0; p < rows; p++) {
              for (let q = 0; q < columns; q++) {
                const [row, column] = [i + p - (rows - 1) / 2, j + q - (columns - 1) / 2];
                if (row < 0 || row >= height || column < 0 || column >= width) continue;
                sum +=
                  x.values[((item * channels + c) * height + row) * width + column]! *
                  filters.values[((o * channels + c) * rows + p) * columns + q]!;
              }
            }
          }
          y.push(sum);
        }
      }
    }
  }
  return y;
}

describe.each([
  { image: [2, 3, 4, 5], filter: [2, 3, 1, 1] },
  { image: [2, 2, 6, 4], filter: [3, 2, 3, 3] },
  { image: [1, 1, 3, 7], filter: [2, 1, 3, 3] },
  { image: [2, 2, 6, 4], filter: [3, 2, 5, 3] },
  { image: [1, 2, 4, 6], filter: [2, 2, 1, 5] },
  { image: [1, 1, 2, 3], filter: [1, 1, 5, 5] },
])("a filter $filter over an image $image", ({ image, filter }) => {
  const x = drawn("x", image);
  const filters = drawn("filters", filter);
  const y = convolution(x.tensor, filters.tensor);

  test("is the sum of its definition", async () => {
    expect(y.shape).toEqual([image[0], filter[0], image[2], image[3]]);
    const actual = await valuesOf(y, [x, filters]);
    for (const [i, value] of plainConvolution(x, filters).entries()) {
      expect(actual[i]).toBeCloseTo(value, 5);
    }
  });

  test("gradients agree with differences", async () => {
    expect(await gradientError(y, [x, filters])).toBeLessThan(1e-3);
  });
});

test("a strided convolution takes a window every few samples", async () => {
  const x = drawn("x", [2, 1, 11]);
  const filters = drawn("filters", [3, 1, 4]);
  const y = stridedConvolution(x.tensor, filters.tensor, { stride: 3 });
  expect(y.shape).toEqual([2, 3, 3]); // windows start at 0, 3 and 6; at 9 too little is left
  const actual = await valuesOf(y, [x, filters]);
  for (let item = 0; item < 2; item++) {
    for (let o = 0; o < 3; o++) {
      for (let frame = 0; frame < 3; frame++) {
        let sum = 0;
        for (let k = 0; k < 4; k++) {
          sum += x.values[item * 11 + frame * 3 + k]! * filters.values[o * 4 + k]!;
        }
        expect(actual[(item * 3 + o) * 3 + frame]).toBeCloseTo(sum, 5);
      }
    }
  }
});

test.each([
  [[1, 2, 4, 4], [3, 1, 3, 3], /^Conv: shapes \[1, 2, 4, 4\] and \[3, 1, 3, 3\]/],
  [[1, 2, 4, 4], [3, 2, 2, 3], /^Conv: .*odd filters/],
  [[2, 4, 4], [3, 2, 3, 3], /^Conv: shapes \[2, 4, 4\].*\[batch, channels, height, width\]/],
  [[1, 2, 4, 4], [3, 2, 3], /^Conv/],
] as const)("refuses an image %j with filters %j", (image, filters, message) => {
  expect(() => convolution(parameter("x", image), parameter("f", filters))).toThrow(message);
});

test.each([
  [
    [1, 1, 3],
    [2, 1, 4],
  ],
  [
    [1, 2, 8],
    [2, 1, 4],
  ],
  [
    [1, 8],
    [2, 1, 4],
  ],
] as const)("a strided convolution refuses %j with filters %j", (signal, filters) => {
  expect(() =>
    stridedConvolution(parameter("x", signal), parameter("f", filters), { stride: 2 }),
  ).toThrow(/^Conv: shapes \[.*\] and \[2, 1, 4\]/);
});

test("patches of an image, as channels", async () => {
  const image = drawn("image", [2, 1, 5, 6]);
  const y = imagePatches(image.tensor, { size: [2, 3], stride: [3, 2] });
  expect(y.shape).toEqual([2, 6, 2, 2]);
  const actual = await valuesOf(y, [image]);
  for (let i = 0; i < actual.length; i++) {
    const [column, row] = [i % 2, (i >> 1) % 2];
    const [pixel, batch] = [(i >> 2) % 6, Math.floor(i / 24)];
    const [y0, x0] = [row * 3 + Math.floor(pixel / 3), column * 2 + (pixel % 3)];
    expect(actual[i]).toBe(image.values[batch * 30 + y0 * 6 + x0]);
  }
});
