import { relu } from "../graph/operators/activation.ts";
import { greater, multiply, where } from "../graph/operators/arithmetic.ts";
import { convolution } from "../graph/operators/convolution.ts";
import { reshape } from "../graph/operators/layout.ts";
import { channelMoments, normalizeChannels } from "../graph/operators/normalization.ts";
import { maxPool, type Window } from "../graph/operators/pooling.ts";
import { scalar, type Tensor } from "../graph/tensor.ts";
import { filledWith, heNormal } from "./initializers.ts";
import type { Network } from "./network.ts";
import { pooledStem, type PooledConvolution } from "./stem.ts";

interface ConvolutionBlockOptions {
  readonly x: Tensor;
  readonly channels: number;
  /** Height and width of what one pooled pixel sees. */
  readonly pool: Window;
}

/**
 * Convolution of 3 × 3, batch norm, ReLU and max pooling: [batch, in, height, width] →
 * [batch, channels, height / pool, width / pool]. The convolution has no bias: the shift makes it
 * redundant. In training the pooling comes first, which gives the same result for a quarter of the
 * work, as norm and ReLU are monotonic once each filter has the sign of its channel's scale.
 * @example
 * ```ts
 * import { convolutionBlock, input, Network } from "undertone/train";
 *
 * const block = { x: input("spectrogram", [2, 1, 64, 128]), channels: 8, pool: [2, 2] } as const;
 * const shape = convolutionBlock(new Network("training"), "block", block).shape; // → [2, 8, 32, 64]
 * ```
 */
export function convolutionBlock(
  network: Network,
  name: string,
  { x, channels, pool }: ConvolutionBlockOptions,
): Tensor {
  const [batch, inputs, height, width] = x.shape;
  const filters = network.parameter(`${name}.convolution`, [channels, inputs!, 3, 3], heNormal);
  const scale = network.parameter(`${name}.scale`, [channels], filledWith(1));
  const shift = network.parameter(`${name}.shift`, [channels], filledWith(0));
  const mean = network.runningStatistic(`${name}.runningMean`, [channels], filledWith(0));
  const variance = network.runningStatistic(`${name}.runningVariance`, [channels], filledWith(1));
  if (network.mode === "inference") {
    const normalized = normalizeChannels(convolution(x, filters), { mean, variance, scale, shift });
    return maxPool(relu(normalized), pool);
  }
  const sign = where(greater(scalar(0), scale), scalar(-1), scalar(1));
  const signed = multiply(filters, reshape(sign, [channels, 1, 1, 1]));
  const { pooled, moments } = pooledConvolution(x, signed, pool);
  const count = batch! * height! * width!;
  network.batchStatistics.set(`${name}.runningMean`, multiply(moments.mean, sign));
  network.batchStatistics.set(
    `${name}.runningVariance`,
    multiply(moments.variance, scalar(count / (count - 1))),
  );
  return relu(normalizeChannels(pooled, { ...moments, scale: multiply(scale, sign), shift }));
}

function pooledConvolution(x: Tensor, filters: Tensor, pool: Window): PooledConvolution {
  const [, channels, height, width] = x.shape;
  const halves = pool.every((length) => length === 2) && height! % 2 === 0 && width! % 2 === 0;
  if (x.source.kind === "input" && channels === 1 && halves) return pooledStem(x, filters);
  const image = convolution(x, filters);
  return { pooled: maxPool(image, pool), moments: channelMoments(image) };
}
