import { blockedDomain } from "../graph/operators/blocked/layout.ts";
import { clampBelow, divide, multiply, subtract } from "../graph/operators/arithmetic.ts";
import { imagePatches } from "../graph/operators/convolution.ts";
import { concatenate, pad, reshape, transpose } from "../graph/operators/layout.ts";
import { matMul } from "../graph/operators/matrix.ts";
import type { ChannelMoments } from "../graph/operators/normalization.ts";
import { reduceMax, reduceSum } from "../graph/operators/reduce.ts";
import { node, scalar, type Tensor } from "../graph/tensor.ts";

/** A convolution after max pooling, with the moments of its channels before pooling. */
export interface PooledConvolution {
  readonly pooled: Tensor;
  readonly moments: ChannelMoments;
}

/** Side of the patch that the four pixels of a pooling window see together. */
const side = 4;

/**
 * 3 × 3 convolution of the input spectrogram [batch, 1, height, width], of even height and width, and
 * 2 × 2 max pooling, for training. The first block is bound by memory, so its full spectrogram is walked
 * as rarely as can be: each patch of 4 × 4 is taken once, one product gives all four pixels of each
 * window as separate channels, and the moments follow from those of the patches, as the convolution
 * is linear. With a block, which must divide the channels, the pooled image is blocked.
 */
export function pooledStem(x: Tensor, filters: Tensor, block?: number): PooledConvolution {
  const [batch, , height, width] = x.shape;
  const channels = filters.shape[0]!;
  const places = (height! / 2) * (width! / 2);
  const patches = reshape(patchesOf(x), [batch!, side * side, places]);
  const phases = phaseFilters(filters); // [4 * channels, 16]
  const products =
    block === undefined ? matMul(phases, patches) : blockedProducts(x, phases, { patches, block });
  const pixels = reshape(products, [batch!, 4, channels * places]);
  return {
    pooled: reshape(reduceMax(pixels, { axes: [1] }), [batch!, channels, height! / 2, width! / 2]),
    moments: momentsOf(patches, phases, channels),
  };
}

/** The same products in blocks of channels, by a convolution: [batch, 4 · channels / b, places, b]. */
function blockedProducts(
  x: Tensor,
  phases: Tensor,
  { patches, block }: { readonly patches: Tensor; readonly block: number },
): Tensor {
  const [batch, , height, width] = x.shape;
  const [rows, size] = phases.shape;
  const blocks = rows! / block;
  const places = patches.shape[2]!;
  const filters = transpose(reshape(phases, [blocks, block, size!]), [0, 2, 1]);
  return node("Conv", [x, reshape(filters, [rows!, 1, side, side])], {
    domain: blockedDomain,
    shape: [batch!, rows!, height! / 2, width! / 2],
    attributes: { kernel_shape: [side, side], pads: [1, 1, 1, 1], strides: [2, 2] },
    gradientRules: [
      undefined,
      (gradient) => {
        const byBlock = reshape(gradient, [batch!, blocks, places, block]);
        const products = matMul(reshape(patches, [batch!, 1, size!, places]), byBlock);
        return reshape(reduceSum(products, { axes: [0] }), [rows!, 1, side, side]);
      },
    ],
  });
}

/** Each 4 × 4 patch around a 2 × 2 window as 16 channels: [batch, 16, height / 2, width / 2]. */
function patchesOf(x: Tensor): Tensor {
  const around = { before: 1, after: 1 };
  const padded = pad(pad(x, { axis: 2, ...around }), { axis: 3, ...around });
  return imagePatches(padded, { size: [side, side], stride: [2, 2] });
}

/** The filters laid into the patch at each of the window's four pixels: [4 · channels, 16]. */
function phaseFilters(filters: Tensor): Tensor {
  const channels = filters.shape[0]!;
  const phases = [0, 1].flatMap((row) =>
    [0, 1].map((column) => {
      const rows = pad(filters, { axis: 2, before: row, after: 1 - row });
      const laid = pad(rows, { axis: 3, before: column, after: 1 - column });
      return reshape(laid, [channels, side * side]);
    }),
  );
  return concatenate(phases, 0);
}

/** Moments of each channel over all phases and places, from the patches' sums and products. */
function momentsOf(patches: Tensor, phases: Tensor, channels: number): ChannelMoments {
  const [batch, size, places] = patches.shape;
  const count = scalar(batch! * places! * 4);
  const sums = reshape(reduceSum(patches, { axes: [0, 2] }), [size!, 1]);
  const products = reduceSum(matMul(patches, patches, { transposeB: true }), { axes: [0] });
  const overPhases = (x: Tensor): Tensor => reduceSum(reshape(x, [4, channels]), { axes: [0] });
  const mean = divide(overPhases(matMul(phases, sums)), count);
  const squares = reduceSum(multiply(matMul(phases, products), phases), { axes: [1] });
  const meanSquare = divide(overPhases(squares), count);
  return { mean, variance: clampBelow(subtract(meanSquare, multiply(mean, mean)), 0) };
}
