import { z } from "zod";
import { imagePatches } from "../graph/operators/convolution.ts";
import { reshape, transpose } from "../graph/operators/layout.ts";
import { constant } from "../graph/tensor.ts";
import { defineModel, spectrogramShape } from "./definition.ts";
import { dense, outputLayer } from "./layers.ts";
import { count } from "./options.ts";
import { transformer, transformerOptions } from "./transformer.ts";

/**
 * Patches of a spectrogram through a transformer, then their mean: [batch, 1, mels, frames] → logits [batch, classes].
 * @see Gong et al. 2021, AST: Audio Spectrogram Transformer; smaller, trained from scratch
 */
export const audioTransformer = defineModel({
  kind: "audio-transformer",
  description: "A small transformer over patches of a log-mel spectrogram.",
  options: {
    ...transformerOptions,
    patch: z.tuple([count, count]).default([16, 16]).describe("Size of a patch, [mels, frames]"),
    stride: z
      .tuple([count, count])
      .default([16, 16])
      .describe("From one patch to the next, [mels, frames]; below the size, patches overlap"),
  },
  inputs: ["spectrogram"],
  architecture: (options, data) => ({
    inputs: { spectrogram: spectrogramShape(data) },
    classes: data.classes,
    build: (network, { spectrogram }) => {
      const { patch, stride, width } = options;
      const patches = imagePatches(spectrogram!, { size: patch, stride }); // [batch, pixels, rows, columns]
      const [batch, pixels, rows, columns] = patches.shape;
      const places = rows! * columns!;
      const sequence = transpose(reshape(patches, [batch!, pixels!, places]), [0, 2, 1]);
      const x = dense(network, "patches", { x: sequence, units: width });
      const mask = constant(new Float32Array(places).fill(1), [1, places]);
      const pooled = transformer(network, { x, mask }, options);
      return outputLayer(network, pooled, { ...options, ...data });
    },
  }),
});
