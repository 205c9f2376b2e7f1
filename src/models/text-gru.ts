import { maskedSoftmax, tanh } from "../graph/operators/activation.ts";
import { multiply } from "../graph/operators/arithmetic.ts";
import { reshape } from "../graph/operators/layout.ts";
import type { Cell } from "../graph/operators/recurrent.ts";
import { reduceSum } from "../graph/operators/reduce.ts";
import type { Tensor } from "../graph/tensor.ts";
import { embeddedWords, type EmbeddingOptions } from "./embedding.ts";
import { dense, outputLayer } from "./layers.ts";
import type { Network } from "./network.ts";
import { bidirectional, lastStates } from "./recurrent.ts";

export interface TextEmbeddingOptions extends EmbeddingOptions {
  readonly cell: Cell;
  /** Units of each direction. */
  readonly hidden: number;
  /** `last`, the brief's: what both directions end with. `attention`: a weighted mean of all states. */
  readonly pooling: "last" | "attention";
}

export interface TextGruOptions extends TextEmbeddingOptions {
  /** Share of what reaches the output layer that is silenced in training. */
  readonly dropout: number;
  readonly classes: number;
}

/** The embedding, dropout and the output layer: word ids [batch, length] → logits [batch, classes]. */
export function textGru(network: Network, words: Tensor, options: TextGruOptions): Tensor {
  const embedding = textEmbedding(network, words, options);
  return outputLayer(network, embedding, options);
}

/**
 * Vectors of words through a bidirectional recurrent layer, pooled over the words:
 * ids [batch, length] → [batch, 2 · hidden], 0 where there is no word.
 */
export function textEmbedding(
  network: Network,
  words: Tensor,
  options: TextEmbeddingOptions,
): Tensor {
  const { vectors, mask } = embeddedWords(network, words, options);
  const { cell, hidden, pooling } = options;
  const states = bidirectional(network, "text.recurrent", { x: vectors, mask, cell, hidden });
  return pooling === "last" ? lastStates(states, mask) : attended(network, states, mask);
}

const attentionUnits = 64;

/** Mean of the states by an attention that sees each alone. @see Yang et al. 2016, Hierarchical Attention Networks */
function attended(network: Network, states: Tensor, mask: Tensor): Tensor {
  const [batch, length] = states.shape;
  const squeezed = tanh(dense(network, "text.squeeze", { x: states, units: attentionUnits }));
  const scores = dense(network, "text.attention", { x: squeezed, units: 1 });
  const attention = maskedSoftmax(reshape(scores, [batch!, length!]), mask);
  return reduceSum(multiply(reshape(attention, [batch!, length!, 1]), states), { axes: [1] });
}
