import { relu } from "../graph/operators/activation.ts";
import {
  add,
  clampBelow,
  divide,
  multiply,
  sqrt,
  subtract,
} from "../graph/operators/arithmetic.ts";
import { channelMeans, scaleChannels } from "../graph/operators/blocked/channels.ts";
import { blockedConvolution } from "../graph/operators/blocked/convolution.ts";
import { toBlocked, toPlain } from "../graph/operators/blocked/layout.ts";
import { blockedMaxPool } from "../graph/operators/blocked/pooling.ts";
import { convolution } from "../graph/operators/convolution.ts";
import { reshape, slice } from "../graph/operators/layout.ts";
import {
  channelMoments,
  normalizeChannels,
  type ChannelMoments,
} from "../graph/operators/normalization.ts";
import { maxPool, type Window } from "../graph/operators/pooling.ts";
import { scalar, type Tensor } from "../graph/tensor.ts";
import { pooledStem, type PooledConvolution } from "./stem.ts";

interface TrainedBlockOptions {
  /** [out, in, 3, 3] */
  readonly filters: Tensor;
  /** [out], not negative. */
  readonly scale: Tensor;
  /** [out] */
  readonly shift: Tensor;
  readonly pool: Window;
  /** Of the machine's blocked kernels, where it has some. */
  readonly block: number | undefined;
}

interface TrainedBlock {
  readonly y: Tensor;
  /** Of the convolution's result. */
  readonly moments: ChannelMoments;
}

/** Convolution, max pooling, batch norm by the batch's moments before pooling, and ReLU. */
export function trainedBlock(x: Tensor, options: TrainedBlockOptions): TrainedBlock {
  const { filters, scale, shift, pool, block } = options;
  if (block !== undefined && isBlockable(x, { ...options, block })) {
    return blockedBlock(x, { ...options, block });
  }
  const { pooled, moments } = isStem(x, pool)
    ? pooledStem(x, filters)
    : pooledConvolution(x, filters, pool);
  return { y: relu(normalizeChannels(pooled, { ...moments, scale, shift })), moments };
}

function isStem(x: Tensor, pool: Window): boolean {
  const [, channels, height, width] = x.shape;
  const halves = pool.every((length) => length === 2) && height! % 2 === 0 && width! % 2 === 0;
  return x.source.kind === "input" && channels === 1 && halves;
}

function isBlockable(
  x: Tensor,
  { filters, pool, block }: TrainedBlockOptions & { readonly block: number },
): boolean {
  const [, channels, height, width] = x.shape;
  const divides = (length: number): boolean => length % block === 0;
  const out = filters.shape[0]!;
  if (isStem(x, pool)) return divides(out);
  const isTiled = height! % pool[0] === 0 && width! % pool[1] === 0;
  return isTiled && [channels!, out, width!].every(divides);
}

function pooledConvolution(x: Tensor, filters: Tensor, pool: Window): PooledConvolution {
  const image = convolution(x, filters);
  return { pooled: maxPool(image, pool), moments: channelMoments(image) };
}

/** The same in the layout of the machine's blocked kernels: an image that is blocked already stays so. */
function blockedBlock(
  x: Tensor,
  options: TrainedBlockOptions & { readonly block: number },
): TrainedBlock {
  const { filters, scale, shift, pool, block } = options;
  const { pooled, moments } = isStem(x, pool)
    ? pooledStem(x, filters, block)
    : pooledBlocked(x, options);
  const gain = divide(scale, sqrt(add(moments.variance, scalar(1e-5))));
  const bias = subtract(shift, multiply(moments.mean, gain));
  return { y: toPlain(scaleChannels(pooled, { gain, bias, block, isRectified: true })), moments };
}

function pooledBlocked(
  x: Tensor,
  { filters, pool, block }: TrainedBlockOptions & { readonly block: number },
): PooledConvolution {
  const image = blockedConvolution(toBlocked(x), filters, block);
  const means = channelMeans(image, block); // [2, out]
  const [mean, meanSquare] = [0, 1].map((row) =>
    reshape(slice(means, { axis: 0, start: row, end: row + 1 }), [filters.shape[0]!]),
  );
  const variance = clampBelow(subtract(meanSquare!, multiply(mean!, mean!)), 0);
  return { pooled: blockedMaxPool(image, pool, block), moments: { mean: mean!, variance } };
}
