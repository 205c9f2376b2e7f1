import { z } from "zod";
import { gelu, softmax } from "../graph/operators/activation.ts";
import { divide, multiply, subtract } from "../graph/operators/arithmetic.ts";
import { concatenate, reshape, slice, transpose } from "../graph/operators/layout.ts";
import { reduceSum } from "../graph/operators/reduce.ts";
import type { Tensor } from "../graph/tensor.ts";
import { defineModel } from "./definition.ts";
import { filledWith } from "./initializers.ts";
import { dense, outputLayer } from "./layers.ts";
import type { Network } from "./network.ts";
import { count, dropoutRate, share } from "./options.ts";
import { attentiveStatistics } from "./pooling.ts";
import {
  encoderInputs,
  encoderNames,
  encoderShapes,
  givenLayers,
  lowestGiven,
  standardization,
  type TunedLayers,
} from "./encoder-layers.ts";
import { tunedLayers, type TunableLayers, type Tuning } from "./tunable-encoder.ts";

/** Of longer speech the middle is encoded. */
export const longestSec = z
  .number()
  .min(0.5)
  .max(30)
  .default(4)
  .describe("Seconds; of longer speech the middle is encoded");

/** Layers of a pretrained speech encoder, counted from 0. */
export const layersOption = {
  name: z.enum(encoderNames).describe("The encoder, of the model store"),
  layers: z.array(z.int().nonnegative().max(1000)).min(1).describe("Layers, counted from 0"),
};

/**
 * A head over layers of pretrained speech encoders: a learned mean of the layers, a dense layer, mean and
 * deviation over the frames by attention, dropout and the output layer → [batch, classes].
 * @see Yang et al. 2021, SUPERB, for the mean of layers
 */
export const audioEncoder = defineModel({
  kind: "audio-encoder",
  description: "A head over middle layers of pretrained speech encoders, frozen or fine-tuned.",
  options: {
    encoders: z
      .array(
        z.strictObject({
          ...layersOption,
          tuned: z
            .int()
            .nonnegative()
            .max(1000)
            .default(0)
            .describe("How many layers to fine-tune, counted down from the uppermost"),
        }),
      )
      .min(1),
    longestSec,
    tuning: z
      .strictObject({
        rate: z
          .number()
          .positive()
          .max(1000)
          .default(0.1)
          .describe("Learning rate of the uppermost fine-tuned layer, times the recipe's"),
        decay: share.default(0.8).describe("And of each layer below, times that of the one above"),
      })
      .prefault({}),
    hidden: count.default(192).describe("Width of a frame's projection"),
    dropout: dropoutRate
      .default(0.3)
      .describe("Share of what reaches the output layer that is dropped in training"),
  },
  inputs: ["encoder-layers"],
  encoders: (options) => options,
  architecture: (options, { tunable = {}, classes }) => ({
    inputs: encoderShapes(options),
    classes,
    isPadded: true,
    build: (network, inputs) => {
      const pooled = options.encoders.map((selection) => {
        const { name } = selection;
        const names = encoderInputs(name);
        const mask = inputs[names.mask]!;
        const frames = selectedLayers(network, selection, {
          given: inputs[names.hidden]!,
          mask,
          tuning: options.tuning,
          tunable: tunable[name],
        });
        const x = meanOfLayers(network, name, frames); // [batch, frames, width]
        const projected = gelu(dense(network, `${name}.projection`, { x, units: options.hidden }));
        return attentiveStatistics(network, `${name}.pooling`, {
          x: transpose(projected, [0, 2, 1]),
          mask: reshape(mask, [mask.shape[0]!, 1, mask.shape[1]!]),
        });
      });
      return outputLayer(network, concatenate(pooled, 1), { ...options, classes });
    },
  }),
});

interface GivenLayers {
  /** [batch, frames, layers, width] */
  readonly given: Tensor;
  /** [batch, frames] */
  readonly mask: Tensor;
  readonly tuning: Tuning;
  readonly tunable: TunableLayers | undefined;
}

/** Returns the selected layers, given or computed by the fine-tuned ones: [batch, frames, layers, width]. */
function selectedLayers(
  network: Network,
  selection: TunedLayers,
  { given, mask, tuning, tunable: file }: GivenLayers,
): Tensor {
  const { name, layers, tuned } = selection;
  if (tuned === 0) return given;
  if (file === undefined)
    throw new RangeError(`audioEncoder: the fine-tuned layers of ${name} are missing`);
  const [batch, frames, , width] = given.shape;
  const { layers: indices } = givenLayers(selection);
  const givenAt = (layer: number): Tensor => {
    const start = indices.indexOf(layer);
    return slice(given, { axis: 2, start, end: start + 1 });
  };
  const lowest = lowestGiven(selection);
  const x = reshape(givenAt(lowest), [batch!, frames!, width!]);
  const upper = tunedLayers(network, file, { name, x, mask, tuning });
  const all = layers.map((layer) =>
    layer <= lowest
      ? givenAt(layer)
      : reshape(upper[layer - lowest - 1]!, [batch!, frames!, 1, width!]),
  );
  return concatenate(all, 2);
}

/**
 * Layers at each frame, standardized, then weighted by a learned softmax: [batch, frames, layers, width] →
 * [batch, frames, width]. Standardizing and weighting are one factor for each number and one shift, so that the
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
