import { concatenate, reshape } from "../graph/operators/layout.ts";
import { averagePool } from "../graph/operators/pooling.ts";
import type { Tensor } from "../graph/tensor.ts";
import { audioCnnFrames, audioCnnHead, type AudioCnnOptions } from "./audio-cnn.ts";
import { outputLayer } from "./layers.ts";
import type { Network } from "./network.ts";

/**
 * `audio-cnn` with hand-made features of each frame: spectrogram [batch, 1, mels, frames] and descriptors
 * [batch, features, frames] → logits [batch, classes]. They join the bands after the blocks, each as the
 * mean of the frames that have become one there. As further rows of the spectrogram, filters and pooling would
 * mix the highest band with pitch, and pitch with zero crossings, as if they were neighboring frequencies.
 */
export function fusionFeatures(
  network: Network,
  inputs: { readonly spectrogram: Tensor; readonly descriptors: Tensor },
  options: AudioCnnOptions,
): Tensor {
  const bands = audioCnnFrames(network, inputs.spectrogram, options);
  const descriptors = averagedContours(inputs.descriptors, options);
  const embedding = audioCnnHead(network, concatenate([bands, descriptors], 1), options);
  return outputLayer(network, embedding, options);
}

/** Contours at the frames that the blocks' pooling leaves. */
function averagedContours(
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
