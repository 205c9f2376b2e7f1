import { relu } from "../graph/operators/activation.ts";
import { reshape } from "../graph/operators/layout.ts";
import type { Window } from "../graph/operators/pooling.ts";
import { elementCount, type Tensor } from "../graph/tensor.ts";
import { convolutionBlock } from "./convolution-block.ts";
import { dense, outputLayer } from "./layers.ts";
import type { Network } from "./network.ts";
import { attentiveStatistics, framewiseDense } from "./pooling.ts";

export interface AudioCnnOptions {
  /** Output channels of each convolution block. */
  readonly channels: readonly number[];
  /** Pooling of each block, [mels, frames]; 2 × 2 where not given. */
  readonly pools?: readonly Window[] | undefined;
  /**
   * `flatten`, the brief's: a dense layer over the whole spectrogram. `statistics`: a dense layer at
   * each frame, then mean and deviation over the frames that attention picks.
   */
  readonly head: "flatten" | "statistics";
  /** Units of the dense layer before the output. */
  readonly hidden: number;
  /** Share of what reaches the output layer that is silenced in training. */
  readonly dropout: number;
  readonly classes: number;
}

/** The embedding, dropout and the output layer: [batch, 1, mels, frames] → logits [batch, classes]. */
export function audioCnn(network: Network, spectrogram: Tensor, options: AudioCnnOptions): Tensor {
  const embedding = audioCnnEmbedding(network, spectrogram, options);
  return outputLayer(network, embedding, options);
}

/** What the embedding of a spectrogram needs to know. */
export type AudioCnnEmbeddingOptions = Omit<AudioCnnOptions, "dropout" | "classes">;

/** The blocks and the dense layer after them: [batch, 1, mels, frames] → [batch, width]. */
export function audioCnnEmbedding(
  network: Network,
  spectrogram: Tensor,
  options: AudioCnnEmbeddingOptions,
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
