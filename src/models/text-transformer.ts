import type { Tensor } from "../graph/tensor.ts";
import { embeddedWords, type EmbeddingOptions } from "./embedding.ts";
import { outputLayer } from "./layers.ts";
import type { Network } from "./network.ts";
import { transformer, type TransformerOptions } from "./transformer.ts";

export interface TextTransformerOptions
  extends TransformerOptions, Omit<EmbeddingOptions, "embedding"> {
  readonly classes: number;
}

/** Embedded words through a transformer, their mean and the output layer: ids [batch, length] → logits [batch, classes]. */
export function textTransformer(
  network: Network,
  words: Tensor,
  options: TextTransformerOptions,
): Tensor {
  const { width: embedding } = options;
  const { vectors, mask } = embeddedWords(network, words, { ...options, embedding });
  const pooled = transformer(network, { x: vectors, mask }, options);
  return outputLayer(network, pooled, options);
}
