import { relu } from "../graph/operators/activation.ts";
import { greater, multiply, where } from "../graph/operators/arithmetic.ts";
import { convolution } from "../graph/operators/convolution.ts";
import { reshape } from "../graph/operators/layout.ts";
import { normalizeChannels } from "../graph/operators/normalization.ts";
import { maxPool, type Window } from "../graph/operators/pooling.ts";
import { scalar, type Tensor } from "../graph/tensor.ts";
import { filledWith, heNormal } from "./initializers.ts";
import type { Network } from "./network.ts";
import { trainedBlock } from "./trained-block.ts";

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
  const norm = { scale: multiply(scale, sign), shift };
  const { y, moments } = trainedBlock(x, { filters: signed, ...norm, pool, block: network.block });
  const count = batch! * height! * width!;
  network.batchStatistics.set(`${name}.runningMean`, multiply(moments.mean, sign));
  network.batchStatistics.set(
    `${name}.runningVariance`,
    multiply(moments.variance, scalar(count / (count - 1))),
  );
  return y;
}
