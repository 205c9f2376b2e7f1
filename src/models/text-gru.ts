import { z } from "zod";
import { maskedSoftmax, tanh } from "../graph/operators/activation.ts";
import { multiply } from "../graph/operators/arithmetic.ts";
import { reshape } from "../graph/operators/layout.ts";
import { reduceSum } from "../graph/operators/reduce.ts";
import type { Tensor } from "../graph/tensor.ts";
import { defineModel, wordShapes } from "./definition.ts";
import { embeddedWords, type EmbeddingOptions } from "./embedding.ts";
import { dense, outputLayer } from "./layers.ts";
import type { Network } from "./network.ts";
import { count, dropoutRate, share } from "./options.ts";
import { bidirectional, lastStates } from "./recurrent.ts";

/** Options of the network up to its embedding; the defaults are the reference's. */
export const textGruOptions = {
  cell: z.enum(["gru", "lstm"]).default("gru"),
  embedding: count.default(128).describe("Width of a word's vector"),
  hidden: count.default(128).describe("Units of each direction"),
  pooling: z
    .enum(["last", "attention"])
    .default("last")
    .describe(
      "last: the last state of each direction, as in the reference. attention: an attentive mean of all states",
    ),
  wordDropout: share
    .default(0)
    .describe("Share of words that training replaces by the unknown word"),
};

/** What the embedding of words is built by. */
export type TextEmbeddingOptions = z.output<z.ZodObject<typeof textGruOptions>> & EmbeddingOptions;

/** A bidirectional recurrent network over words: ids [batch, length] → logits [batch, classes]. */
export const textGru = defineModel({
  kind: "text-gru",
  description: "A bidirectional GRU (or LSTM) over words.",
  options: { ...textGruOptions, dropout: dropoutRate.default(0) },
  inputs: ["words"],
  architecture(options, data) {
    const { length, vocabulary } = wordShapes(data);
    return {
      inputs: { words: [length] },
      classes: data.classes,
      build: (network, { words }) => {
        const embedding = textEmbedding(network, words!, { ...options, vocabulary });
        return outputLayer(network, embedding, { ...options, ...data });
      },
    };
  },
});

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
