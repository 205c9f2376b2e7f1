import { add, greater, multiply, where } from "../graph/operators/arithmetic.ts";
import { relu } from "../graph/operators/activation.ts";
import { convolution } from "../graph/operators/convolution.ts";
import { reshape, transpose } from "../graph/operators/layout.ts";
import { matMul } from "../graph/operators/matrix.ts";
import { channelMoments, normaliseChannels } from "../graph/operators/normalisation.ts";
import { maxPool, type Window } from "../graph/operators/pooling.ts";
import { scalar, type Tensor } from "../graph/tensor.ts";
import { fanInUniform, filledWith, heNormal } from "./initialisers.ts";
import type { Network } from "./network.ts";

/** Fully connected layer: [batch, in] → [batch, units]; weights are [units, in], as in PyTorch. */
export function dense(
  network: Network,
  name: string,
  { x, units }: { x: Tensor; units: number },
): Tensor {
  const inputs = x.shape.at(-1)!;
  const weight = network.parameter(`${name}.weight`, [units, inputs], fanInUniform());
  const bias = network.parameter(`${name}.bias`, [units], fanInUniform(inputs));
  // An exported model keeps to standard operators; there the transpose of a constant costs nothing.
  const product =
    network.mode === "training"
      ? matMul(x, weight, { transposeB: true })
      : matMul(x, transpose(weight, [1, 0]));
  return add(product, bias);
}

/** In training, silences a share `rate` of the elements and scales the others up. */
export function dropout(
  network: Network,
  name: string,
  { x, rate }: { x: Tensor; rate: number },
): Tensor {
  if (network.mode === "inference" || rate === 0) return x;
  return multiply(x, network.dropoutMask(`${name}.mask`, x.shape, rate));
}

interface ConvolutionBlockOptions {
  readonly x: Tensor;
  readonly channels: number;
  readonly kernel?: Window;
  readonly pool: Window;
}

/**
 * Convolution, batch norm, ReLU and max pooling: [batch, in, height, width] →
 * [batch, channels, height / pool, width / pool]. The convolution has no bias: the shift makes it
 * redundant. In training the pooling comes first, which gives the same result for a quarter of the
 * work, as norm and ReLU are monotonic once each filter has the sign of its channel's scale.
 */
export function convolutionBlock(
  network: Network,
  name: string,
  options: ConvolutionBlockOptions,
): Tensor {
  const { x, channels, kernel = [3, 3], pool } = options;
  const filters = network.parameter(
    `${name}.convolution`,
    [channels, x.shape[1]!, ...kernel],
    heNormal,
  );
  const scale = network.parameter(`${name}.scale`, [channels], filledWith(1));
  const shift = network.parameter(`${name}.shift`, [channels], filledWith(0));
  const mean = network.runningStatistic(`${name}.runningMean`, [channels], filledWith(0));
  const variance = network.runningStatistic(`${name}.runningVariance`, [channels], filledWith(1));
  if (network.mode === "inference") {
    const normalised = normaliseChannels(convolution(x, filters), { mean, variance, scale, shift });
    return maxPool(relu(normalised), pool);
  }
  const sign = where(greater(scalar(0), scale), scalar(-1), scalar(1));
  const image = convolution(x, multiply(filters, reshape(sign, [channels, 1, 1, 1])));
  const moments = channelMoments(image);
  const count = image.shape[0]! * image.shape[2]! * image.shape[3]!;
  network.batchStatistics.set(`${name}.runningMean`, multiply(moments.mean, sign));
  network.batchStatistics.set(
    `${name}.runningVariance`,
    multiply(moments.variance, scalar(count / (count - 1))),
  );
  return relu(
    normaliseChannels(maxPool(image, pool), { ...moments, scale: multiply(scale, sign), shift }),
  );
}
