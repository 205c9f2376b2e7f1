import { z } from "zod";
import { relu } from "../graph/operators/activation.ts";
import { reshape } from "../graph/operators/layout.ts";
import { elementCount, type Tensor } from "../graph/tensor.ts";
import { convolutionBlock } from "./convolution-block.ts";
import { defineModel, spectrogramShape } from "./definition.ts";
import { dense, outputLayer } from "./layers.ts";
import type { Network } from "./network.ts";
import { count, dropoutRate } from "./options.ts";
import { attentiveStatistics, framewiseDense } from "./pooling.ts";

/** Options of the network up to its embedding; the defaults are the reference's. */
export const audioCnnOptions = {
  channels: z
    .array(count)
    .min(1)
    .max(16)
    .default([16, 32, 64, 128, 256])
    .describe("Output channels of each convolution block"),
  pools: z
    .array(z.tuple([count, count]))
    .optional()
    .describe("Pooling of each block, [mels, frames]; 2 × 2 by default"),
  head: z
    .enum(["flatten", "statistics"])
    .default("flatten")
    .describe(
      "flatten: the reference's dense layer over the whole spectrogram. statistics: a dense layer at each frame, then attentive mean and deviation over the frames",
    ),
  hidden: count.default(256).describe("Units of the dense layer before the output"),
};

/** @see audioCnnOptions */
export type AudioCnnOptions = z.output<z.ZodObject<typeof audioCnnOptions>>;

/** Convolution blocks over a spectrogram: [batch, 1, mels, frames] → logits [batch, classes]. */
export const audioCnn = defineModel({
  kind: "audio-cnn",
  description: "A convolutional network over a log-mel spectrogram or MFCCs.",
  options: { ...audioCnnOptions, dropout: dropoutRate.default(0.5) },
  inputs: ["spectrogram"],
  architecture: (options, data) => ({
    inputs: { spectrogram: spectrogramShape(data) },
    classes: data.classes,
    build: (network, { spectrogram }) => {
      const embedding = audioCnnEmbedding(network, spectrogram!, options);
      return outputLayer(network, embedding, { ...options, ...data });
    },
  }),
});

/** Returns the embedding, by the blocks and the dense layer after them: [batch, 1, mels, frames] → [batch, width]. */
export function audioCnnEmbedding(
  network: Network,
  spectrogram: Tensor,
  options: AudioCnnOptions,
): Tensor {
  return audioCnnHead(network, audioCnnFrames(network, spectrogram, options), options);
}

/**
 * Blocks of convolution, batch norm, ReLU and max pooling over the spectrogram: [batch, 1, mels, frames] →
 * the channels of the bands that are left, at each frame that is left, [batch, features, frames].
 */
export function audioCnnFrames(
  network: Network,
  spectrogram: Tensor,
  { channels: blocks, pools = [] }: Pick<AudioCnnOptions, "channels" | "pools">,
): Tensor {
  if (pools.length > blocks.length) {
    throw new RangeError(`audioCnn: ${pools.length} pools for ${blocks.length} blocks of channels`);
  }
  let x = spectrogram;
  for (const [index, channels] of blocks.entries()) {
    const pool = pools[index] ?? [2, 2];
    x = convolutionBlock(network, `blocks.${index}`, { x, channels, pool });
  }
  const [batch, frames] = [x.shape[0]!, x.shape[3]!];
  return reshape(x, [batch, elementCount(x.shape) / batch / frames, frames]);
}

/** The dense layer after the blocks: [batch, features, frames] → [batch, width]. */
export function audioCnnHead(
  network: Network,
  x: Tensor,
  { head, hidden }: Pick<AudioCnnOptions, "head" | "hidden">,
): Tensor {
  if (head === "statistics") {
    const frames = relu(framewiseDense(network, "hidden", { x, units: hidden }));
    return attentiveStatistics(network, "pooling", { x: frames });
  }
  const flat = reshape(x, [x.shape[0]!, x.shape[1]! * x.shape[2]!]);
  return relu(dense(network, "hidden", { x: flat, units: hidden }));
}
