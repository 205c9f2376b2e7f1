import { relu } from "../graph/operators/activation.ts";
import { concatenate } from "../graph/operators/layout.ts";
import type { Tensor } from "../graph/tensor.ts";
import { audioCnnEmbedding, type AudioCnnEmbeddingOptions } from "./audio-cnn.ts";
import { dense, outputLayer } from "./layers.ts";
import type { Network } from "./network.ts";
import { textEmbedding, type TextEmbeddingOptions } from "./text-gru.ts";

export interface FusionEarlyOptions {
  readonly voice: AudioCnnEmbeddingOptions;
  readonly words: TextEmbeddingOptions;
  /** Units of the dense layer over both embeddings. */
  readonly hidden: number;
  /** Share of what reaches the output layer that is silenced in training. */
  readonly dropout: number;
  readonly classes: number;
}

/**
 * The embeddings of voice and words side by side under two dense layers, all trained jointly:
 * spectrogram [batch, 1, mels, frames] and words [batch, length] → logits [batch, classes].
 */
export function fusionEarly(
  network: Network,
  inputs: { readonly spectrogram: Tensor; readonly words: Tensor },
  options: FusionEarlyOptions,
): Tensor {
  const voice = audioCnnEmbedding(network, inputs.spectrogram, options.voice);
  const words = textEmbedding(network, inputs.words, options.words);
  const both = concatenate([voice, words], 1);
  const joint = relu(dense(network, "joint", { x: both, units: options.hidden }));
  return outputLayer(network, joint, options);
}
