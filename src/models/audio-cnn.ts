import { relu } from "../graph/operators/activation.ts";
import { reshape } from "../graph/operators/layout.ts";
import { elementCount, type Tensor } from "../graph/tensor.ts";
import { convolutionBlock, dense, dropout } from "./layers.ts";
import type { Network } from "./network.ts";

export interface AudioCnnOptions {
  /** Output channels of each convolution block; each block halves the image. */
  readonly channels: readonly number[];
  /** Units of the first dense layer. */
  readonly hidden: number;
  /** Share of hidden units silenced in training. */
  readonly dropout: number;
  readonly classes: number;
}

/**
 * The brief's network: blocks of convolution, batch norm, ReLU and max pooling over the mel
 * spectrogram, then two dense layers with dropout between them.
 * [batch, 1, mels, frames] → logits [batch, classes].
 */
export function audioCnn(network: Network, spectrogram: Tensor, options: AudioCnnOptions): Tensor {
  let x = spectrogram;
  for (const [index, channels] of options.channels.entries()) {
    x = convolutionBlock(network, `blocks.${index}`, { x, channels, pool: [2, 2] });
  }
  const batch = x.shape[0]!;
  const flat = reshape(x, [batch, elementCount(x.shape) / batch]);
  const hidden = relu(dense(network, "hidden", { x: flat, units: options.hidden }));
  const kept = dropout(network, "dropout", { x: hidden, rate: options.dropout });
  return dense(network, "output", { x: kept, units: options.classes });
}
