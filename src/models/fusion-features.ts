import { concatenate, reshape } from "../graph/operators/layout.ts";
import { averagePool } from "../graph/operators/pooling.ts";
import type { Tensor } from "../graph/tensor.ts";
import { audioCnnFrames, audioCnnHead, type AudioCnnOptions } from "./audio-cnn.ts";
import { outputLayer } from "./layers.ts";
import type { Network } from "./network.ts";

/**
 * `audio-cnn` with hand-made features of each frame: picture [batch, 1, mels, frames] and contours
 * [batch, features, frames] → logits [batch, classes]. They join the bands after the blocks, each as the
 * mean of the frames that have become one there. As further rows of the picture, filters and pooling would
 * mix the highest band with pitch, and pitch with zero crossings, as if they were neighbouring frequencies.
 */
export function fusionFeatures(
  network: Network,
  inputs: { readonly picture: Tensor; readonly contours: Tensor },
  options: AudioCnnOptions,
): Tensor {
  const bands = audioCnnFrames(network, inputs.picture, options);
  const contours = averagedContours(inputs.contours, options);
  const embedding = audioCnnHead(network, concatenate([bands, contours], 1), options);
  return outputLayer(network, embedding, options);
}

/** Contours at the frames that the blocks' pooling leaves. */
function averagedContours(
  contours: Tensor,
  { channels, pools = [] }: Pick<AudioCnnOptions, "channels" | "pools">,
): Tensor {
  const [batch, features, frames] = contours.shape;
  const together = channels.reduce((product, _, block) => product * (pools[block]?.[1] ?? 2), 1);
  const rows = reshape(contours, [batch!, features!, 1, frames!]);
  return reshape(averagePool(rows, [1, together]), [
    batch!,
    features!,
    Math.floor(frames! / together),
  ]);
}
