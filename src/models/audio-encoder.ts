import { gelu, softmax } from "../graph/operators/activation.ts";
import { divide, multiply, subtract } from "../graph/operators/arithmetic.ts";
import { concatenate, reshape, slice, transpose } from "../graph/operators/layout.ts";
import { reduceSum } from "../graph/operators/reduce.ts";
import type { Shape, Tensor } from "../graph/tensor.ts";
import { filledWith } from "./initializers.ts";
import { dense, outputLayer } from "./layers.ts";
import type { Network } from "./network.ts";
import { attentiveStatistics } from "./pooling.ts";
import {
  encoderFrames,
  encoderSampleRate,
  givenLayers,
  inputName,
  lowestGiven,
  speechEncoders,
  type EncoderName,
  type EncoderConfig,
  type TunedLayers,
} from "./speech-encoder.ts";
import { tunedLayers, type TunableLayers, type Tuning } from "./tunable-encoder.ts";

export interface AudioEncoderOptions {
  /** Heard side by side. */
  readonly encoders: readonly TunedLayers[];
  readonly tuning: Tuning;
  /** The layers that are tuned, by their encoder. */
  readonly tunable: Readonly<Partial<Record<EncoderName, TunableLayers>>>;
  /** Of longer speech the middle is heard. */
  readonly longestSec: number;
  /** Width of a frame's projection. */
  readonly hidden: number;
  /** Share of what reaches the output layer that is silenced in training. */
  readonly dropout: number;
  readonly classes: number;
  /** Whether companions have an output layer of their own. */
  readonly isDouble?: boolean | undefined;
}

/**
 * Names of an encoder's two inputs, its layers at each frame and 1 in the mask at each frame that there is; and of what
 * a network is standardized by, mean and deviation of a clip's frames.
 */
export function encoderInputs(
  name: string,
): Readonly<Record<"hidden" | "mask" | "statistics", string>> {
  return { hidden: `${name}.hidden`, mask: `${name}.mask`, statistics: `${name}.statistics` };
}

/** Shapes of the inputs without the batch axis: hidden [frames, layers, width], mask [frames]. */
export function audioEncoderShapes({
  encoders,
  longestSec,
}: {
  readonly encoders: readonly (TunedLayers & Pick<EncoderConfig, "alias">)[];
  readonly longestSec: number;
}): Record<string, Shape> {
  const samples = Math.round(longestSec * encoderSampleRate);
  return Object.fromEntries(
    encoders.flatMap((heard) => {
      const { name, layers } = givenLayers(heard);
      const { hidden, mask } = encoderInputs(inputName(heard));
      const frames = encoderFrames(name, samples);
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
  options: AudioEncoderOptions,
): Tensor {
  const pooled = options.encoders.map((heard) => {
    const { name } = heard;
    const names = encoderInputs(name);
    const given = inputs[names.hidden]!;
    const mask = inputs[names.mask]!;
    const frames = layersHeard(network, heard, { given, mask, options });
    const x = meanOfLayers(network, name, frames); // [batch, frames, width]
    const projected = gelu(dense(network, `${name}.projection`, { x, units: options.hidden }));
    return attentiveStatistics(network, `${name}.pooling`, {
      x: transpose(projected, [0, 2, 1]),
      mask: reshape(mask, [mask.shape[0]!, 1, mask.shape[1]!]),
    });
  });
  return outputLayer(network, concatenate(pooled, 1), options);
}

interface GivenLayers {
  /** [batch, frames, layers, width] */
  readonly given: Tensor;
  /** [batch, frames] */
  readonly mask: Tensor;
  readonly options: AudioEncoderOptions;
}

/** The layers that are heard, of what is given and what tuned layers make of it: [batch, frames, layers, width]. */
function layersHeard(
  network: Network,
  heard: TunedLayers,
  { given, mask, options: { tuning, tunable } }: GivenLayers,
): Tensor {
  const { name, layers, tuned } = heard;
  if (tuned === 0) return given;
  const file = tunable[name];
  if (file === undefined)
    throw new RangeError(`audioEncoder: the tuned layers of ${name} are missing`);
  const [batch, frames, , width] = given.shape;
  const { layers: indices } = givenLayers(heard);
  const givenAt = (layer: number): Tensor => {
    const start = indices.indexOf(layer);
    return slice(given, { axis: 2, start, end: start + 1 });
  };
  const lowest = lowestGiven(heard);
  const x = reshape(givenAt(lowest), [batch!, frames!, width!]);
  const upper = tunedLayers(network, file, { name, x, mask, tuning });
  const all = layers.map((layer) =>
    layer <= lowest
      ? givenAt(layer)
      : reshape(upper[layer - lowest - 1]!, [batch!, frames!, 1, width!]),
  );
  return concatenate(all, 2);
}

/** Names of the moments that standardize an encoder's layers, both [layers, width]. */
export function standardization(name: string): {
  readonly mean: string;
  readonly deviation: string;
} {
  return { mean: `${name}.mean`, deviation: `${name}.deviation` };
}

/**
 * Layers at each frame, standardized, then weighed by a softmax that is learned: [batch, frames, layers, width] →
 * [batch, frames, width]. Standardizing and weighing are one factor for each number and one shift, so that the
 * frames are walked once.
 */
function meanOfLayers(network: Network, name: string, frames: Tensor): Tensor {
  const layers = frames.shape[2]!;
  const width = frames.shape[3]!;
  const moments = standardization(name);
  const mean = network.runningStatistic(moments.mean, [layers, width], filledWith(0));
  const deviation = network.runningStatistic(moments.deviation, [layers, width], filledWith(1));
  const weights = softmax(network.parameter(`${name}.layers`, [layers, 1], filledWith(0)), 0);
  const factors = divide(weights, deviation); // [layers, width]
  const shift = reduceSum(multiply(factors, mean), { axes: [0] });
  return subtract(reduceSum(multiply(frames, factors), { axes: [2] }), shift);
}
