import { gelu, softmax } from "../graph/operators/activation.ts";
import { divide, multiply, subtract } from "../graph/operators/arithmetic.ts";
import { concatenate, reshape, transpose } from "../graph/operators/layout.ts";
import { reduceSum } from "../graph/operators/reduce.ts";
import type { Shape, Tensor } from "../graph/tensor.ts";
import { filledWith } from "./initialisers.ts";
import { dense, dropout } from "./layers.ts";
import type { Network } from "./network.ts";
import { attentiveStatistics } from "./pooling.ts";
import {
  encoderFrames,
  encoderSampleRate,
  speechEncoders,
  type HeardLayers,
} from "./speech-encoder.ts";

export interface AudioEncoderOptions {
  /** Heard side by side. */
  readonly encoders: readonly HeardLayers[];
  /** Of longer speech the middle is heard. */
  readonly longestSec: number;
  /** Width of a frame's projection. */
  readonly hidden: number;
  /** Share of what reaches the output layer that is silenced in training. */
  readonly dropout: number;
  readonly classes: number;
}

/** Names of an encoder's two inputs: its layers at each frame, and 1 in the mask at each frame that there is. */
export function encoderInputs(name: string): { readonly hidden: string; readonly mask: string } {
  return { hidden: `${name}.hidden`, mask: `${name}.mask` };
}

/** Shapes of the inputs without the batch axis: hidden [frames, layers, width], mask [frames]. */
export function audioEncoderShapes({
  encoders,
  longestSec,
}: Pick<AudioEncoderOptions, "encoders" | "longestSec">): Record<string, Shape> {
  const frames = encoderFrames(Math.round(longestSec * encoderSampleRate));
  return Object.fromEntries(
    encoders.flatMap(({ name, layers }) => {
      const { hidden, mask } = encoderInputs(name);
      return [
        [hidden, [frames, layers.length, speechEncoders[name].width]],
        [mask, [frames]],
      ];
    }),
  );
}

/**
 * What pretrained encoders make of speech, frame by frame: a learned mean of their layers, a dense layer, mean
 * and deviation over the frames that attention picks; then dropout and the output layer → [batch, classes].
 * @see Yang et al. 2021, SUPERB, for the mean of layers
 */
export function audioEncoder(
  network: Network,
  inputs: Readonly<Record<string, Tensor>>,
  { encoders, hidden: units, dropout: rate, classes }: AudioEncoderOptions,
): Tensor {
  const pooled = encoders.map(({ name }) => {
    const { hidden, mask } = encoderInputs(name);
    const frames = inputs[hidden]!;
    const [batch, length] = frames.shape;
    const x = meanOfLayers(network, name, frames); // [batch, frames, width]
    const projected = gelu(dense(network, `${name}.projection`, { x, units }));
    return attentiveStatistics(network, `${name}.pooling`, {
      x: transpose(projected, [0, 2, 1]),
      mask: reshape(inputs[mask]!, [batch!, 1, length!]),
    });
  });
  const kept = dropout(network, "dropout", { x: concatenate(pooled, 1), rate });
  return dense(network, "output", { x: kept, units: classes });
}

/** Names of the moments that standardise an encoder's layers, both [layers, width]. */
export function standardisation(name: string): {
  readonly mean: string;
  readonly deviation: string;
} {
  return { mean: `${name}.mean`, deviation: `${name}.deviation` };
}

/**
 * Layers at each frame, standardised, then weighed by a softmax that is learned: [batch, frames, layers, width] →
 * [batch, frames, width]. Standardising and weighing are one factor for each number and one shift, so that the
 * frames are walked once.
 */
function meanOfLayers(network: Network, name: string, frames: Tensor): Tensor {
  const layers = frames.shape[2]!;
  const width = frames.shape[3]!;
  const moments = standardisation(name);
  const mean = network.runningStatistic(moments.mean, [layers, width], filledWith(0));
  const deviation = network.runningStatistic(moments.deviation, [layers, width], filledWith(1));
  const weights = softmax(network.parameter(`${name}.layers`, [layers, 1], filledWith(0)), 0);
  const factors = divide(weights, deviation); // [layers, width]
  const shift = reduceSum(multiply(factors, mean), { axes: [0] });
  return subtract(reduceSum(multiply(frames, factors), { axes: [2] }), shift);
}
