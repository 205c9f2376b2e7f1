import { node, type Tensor } from "../../tensor.ts";
import { concatenate, pad, reshape, reverse, transpose } from "../layout.ts";
import { reduceSum } from "../reduce.ts";
import { blockedDomain, blockFilters, toPlain } from "./layout.ts";

/**
 * 3 × 3 convolution of a blocked image [batch, in, height, width], zero-padded to its size, with plain filters
 * [out, in, 3, 3] → a blocked image [batch, out, height, width]. The block must divide in, out and width.
 */
export function blockedConvolution(x: Tensor, filters: Tensor, block: number): Tensor {
  const [batch, , height, width] = x.shape;
  const out = filters.shape[0]!;
  return node("Conv", [x, blockFilters(filters, block)], {
    domain: blockedDomain,
    shape: [batch!, out, height!, width!],
    attributes: { kernel_shape: [3, 3], pads: [1, 1, 1, 1], strides: [1, 1] },
    gradientRules: [
      (gradient) => blockedConvolution(gradient, turned(filters), block),
      (gradient) => filterGradient(x, gradient, block),
    ],
  });
}

/** Filters rotated by 180 degrees, in and out swapped: they carry gradients back. */
function turned(filters: Tensor): Tensor {
  return reverse(transpose(filters, [1, 0, 2, 3]), [2, 3]);
}

/**
 * The gradient by the filters, in their blocked order. In memory, the gradient [batch, out / b, height, width, b] is a
 * stack of filters of height × width / b over b channels, which are columns. A convolution with them over the
 * rows of the input, three places high and as wide as the input has channels, is a third of the result: one for
 * each shift of the columns.
 */
function filterGradient(x: Tensor, gradient: Tensor, block: number): Tensor {
  const [batch, channels, height, width] = x.shape;
  const out = gradient.shape[1]!;
  const rows = channelsInRows(x, block);
  // The batch as groups of channels, whose results are added; or as channels, which wants the gradient out-major.
  const isGrouped = height! * width! >= 9 * channels!;
  const groups = isGrouped ? batch! : 1;
  const size = height! * width! * block;
  const filters = isGrouped
    ? gradient
    : transpose(reshape(gradient, [batch!, out / block, size]), [1, 0, 2]);
  const weights = reshape(filters, [
    groups * out,
    (batch! / groups) * block,
    height!,
    width! / block,
  ]);
  const thirds = [1, 0, -1].map((shift) => {
    const shifted = pad(rows, { axis: 3, before: shift, after: -shift });
    const image = reshape(shifted, [1, batch! * block, height!, (channels! * width!) / block]);
    const products = node("Conv", [image, weights], {
      domain: blockedDomain,
      shape: [1, groups * out, 3, channels!],
      attributes: {
        kernel_shape: [height!, width! / block],
        pads: [1, 0, 1, 0],
        strides: [1, width! / block],
        group: groups,
      },
    });
    const sums = reduceSum(reshape(products, [groups, out * 3 * channels!]), { axes: [0] });
    return reshape(sums, [out / block, 3, 1, channels! / block, block * block]);
  });
  const whole = concatenate(thirds, 2); // [out / b, 3, 3, in / b, b of in · b of out]
  return reshape(transpose(whole, [0, 3, 1, 2, 4]), [out, channels!, 3, 3]);
}

/** A blocked image as rows of all channels: [batch, height, channels, width]. */
function channelsInRows(x: Tensor, block: number): Tensor {
  const [batch, channels, height, width] = x.shape;
  const blocks = channels! / block;
  const planes = toPlain(reshape(x, [batch! * blocks * height!, block, 1, width!]));
  const apart = reshape(planes, [batch!, blocks, height!, block * width!]);
  const together = blocks === 1 ? apart : transpose(apart, [0, 2, 1, 3]);
  return reshape(together, [batch!, height!, channels!, width!]);
}
