import { concatenate, reshape } from "../graph/operators/layout.ts";
import { averagePool } from "../graph/operators/pooling.ts";
import type { Tensor } from "../graph/tensor.ts";
import {
  audioCnnFrames,
  audioCnnHead,
  audioCnnOptions,
  type AudioCnnOptions,
} from "./audio-cnn.ts";
import { defineModel, spectrogramShape } from "./definition.ts";
import { outputLayer } from "./layers.ts";
import { descriptorCount } from "./low-level-descriptors.ts";
import { dropoutRate } from "./options.ts";

/**
 * `audio-cnn` with low-level descriptors of each frame: spectrogram [batch, 1, mels, frames] and descriptors
 * [batch, features, frames] → logits [batch, classes]. The descriptors join the bands after the blocks, averaged over
 * the frames that were pooled into one. As further rows of the spectrogram they would be mixed with the
 * highest bands, and with one another, as if they were neighboring frequencies.
 */
export const fusionFeatures = defineModel({
  kind: "fusion-features",
  description: "audio-cnn with pitch, energy and other low-level descriptors beside its bands.",
  options: { ...audioCnnOptions, dropout: dropoutRate.default(0.5) },
  inputs: ["spectrogram", "descriptors"],
  architecture(options, data) {
    const shape = spectrogramShape(data);
    return {
      inputs: { spectrogram: shape, descriptors: [descriptorCount, shape[2]!] },
      classes: data.classes,
      build: (network, inputs) => {
        const bands = audioCnnFrames(network, inputs["spectrogram"]!, options);
        const descriptors = pooledDescriptors(inputs["descriptors"]!, options);
        const embedding = audioCnnHead(network, concatenate([bands, descriptors], 1), options);
        return outputLayer(network, embedding, { ...options, ...data });
      },
    };
  },
});

/** Descriptors at the frames that the blocks' pooling leaves. */
function pooledDescriptors(
  descriptors: Tensor,
  { channels, pools = [] }: Pick<AudioCnnOptions, "channels" | "pools">,
): Tensor {
  const [batch, features, frames] = descriptors.shape;
  const together = channels.reduce((product, _, block) => product * (pools[block]?.[1] ?? 2), 1);
  const rows = reshape(descriptors, [batch!, features!, 1, frames!]);
  return reshape(averagePool(rows, [1, together]), [
    batch!,
    features!,
    Math.floor(frames! / together),
  ]);
}
