import { imageShape } from "../shapes.ts";
import { constant, node, shapeError, type Tensor } from "../tensor.ts";
import { concatenate, pad, reshape, reverse, slice, transpose } from "./layout.ts";
import { matMul } from "./matrix.ts";
import type { Window } from "./pooling.ts";
import { reduceSum } from "./reduce.ts";
import { stridedConvolution } from "./strided-convolution.ts";

/**
 * 2-D convolution (cross-correlation) at stride 1 with zero padding, so that odd filters keep the
 * image's size: [batch, in, height, width] with [out, in, rows, columns] → [batch, out, height, width].
 */
export function convolution(x: Tensor, filters: Tensor): Tensor {
  const [batch, channels, height, width] = imageShape("Conv", x);
  const [out, inChannels, rows, columns] = imageShape("Conv", filters);
  if (channels !== inChannels)
    throw shapeError("Conv", [x, filters], "[out, in, ..] filters wanted");
  if (rows % 2 === 0 || columns % 2 === 0)
    throw shapeError("Conv", [x, filters], "odd filters wanted");
  const [padRows, padColumns] = [(rows - 1) / 2, (columns - 1) / 2];
  return node("Conv", [x, filters], {
    shape: [batch, out, height, width],
    attributes: {
      kernel_shape: [rows, columns],
      pads: [padRows, padColumns, padRows, padColumns],
      strides: [1, 1],
    },
    gradientRules: [
      // With respect to the input: the same convolution with filters rotated by 180 degrees, in and out swapped.
      (gradient) => convolution(gradient, reverse(transpose(filters, [1, 0, 2, 3]), [2, 3])),
      (gradient) => filterGradient(x, gradient, { rows: rows, columns: columns }),
    ],
  });
}

/**
 * Patches of pixels as channels: [batch, 1, height, width] → [batch, rows · columns, ...positions].
 */
export function imagePatches(
  x: Tensor,
  { size: [rows, columns], stride }: { readonly size: Window; readonly stride: Window },
): Tensor {
  const pixels = rows * columns;
  const identity = Float32Array.from({ length: pixels * pixels }, (_, index) =>
    Number(index % (pixels + 1) === 0),
  );
  return stridedConvolution(x, constant(identity, [pixels, 1, rows, columns]), { stride });
}

/**
 * The gradient with respect to the filters: for each position in the filter, the products of the shifted input with the
 * output's gradient. The shifts along a row are concatenated as channels; a shift by whole rows is then a contiguous
 * slice of the flattened image, so that each filter row is one matrix product.
 */
function filterGradient(
  x: Tensor,
  gradient: Tensor,
  size: { rows: number; columns: number },
): Tensor {
  const [batch, channels, height, width] = imageShape("Conv", x);
  const out = gradient.shape[1]!;
  const { rows, columns } = size;
  const padded = padImage(x, (rows - 1) / 2, (columns - 1) / 2);
  const shifted = concatenate(
    Array.from({ length: columns }, (_, column) =>
      slice(padded, { axis: 3, start: column, end: column + width }),
    ),
    1,
  ); // [batch, columns * in, height + rows - 1, width]
  const flat = reshape(shifted, [batch, columns * channels, (height + rows - 1) * width]);
  const flatGradient = reshape(gradient, [batch, out, height * width]);
  const products = Array.from({ length: rows }, (_, row) => {
    const piece = slice(flat, { axis: 2, start: row * width, end: (row + height) * width });
    const product = reduceSum(matMul(flatGradient, piece, { transposeB: true }), { axes: [0] });
    return reshape(product, [out, 1, columns, channels]);
  });
  return transpose(concatenate(products, 1), [0, 3, 1, 2]); // [out, in, rows, columns]
}

function padImage(x: Tensor, rows: number, columns: number): Tensor {
  return pad(pad(x, { axis: 2, before: rows, after: rows }), {
    axis: 3,
    before: columns,
    after: columns,
  });
}
