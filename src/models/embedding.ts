import { cast, greater, where } from "../graph/operators/arithmetic.ts";
import { gatherRows } from "../graph/operators/gather.ts";
import { scalar, type Tensor } from "../graph/tensor.ts";
import { normal } from "./initializers.ts";
import type { Network } from "./network.ts";

export interface EmbeddingOptions {
  /** Rows of the table: padding, the unknown word, then the words. */
  readonly vocabulary: number;
  /** Width of a word's vector. */
  readonly embedding: number;
  /**
   * Share of the words that training replaces by the unknown word, which so learns to stand for any.
   * @see Iyyer et al. 2015, Deep Unordered Composition, which drops them instead
   */
  readonly wordDropout: number;
}

/** Vectors of words, with 1 in the mask at each word and 0 at the padding after the last. */
export interface EmbeddedWords {
  /** [batch, length, embedding] */
  readonly vectors: Tensor;
  /** [batch, length] */
  readonly mask: Tensor;
}

/** Looks the ids [batch, length] of words up in a table that is trained. */
export function embeddedWords(
  network: Network,
  words: Tensor,
  { vocabulary, embedding, wordDropout }: EmbeddingOptions,
): EmbeddedWords {
  const table = network.parameter("text.embedding", [vocabulary, embedding], normal(0.1));
  const mask = cast(greater(words, scalar(0)));
  return { vectors: gatherRows(table, kept(network, words, { mask, wordDropout })), mask };
}

/** A word's mask is 1, which is the unknown word's id, and padding's 0 is padding's. */
function kept(
  network: Network,
  words: Tensor,
  { mask, wordDropout }: { mask: Tensor; wordDropout: number },
): Tensor {
  if (network.mode === "inference" || wordDropout === 0) return words;
  const keeps = network.dropoutMask("text.wordMask", words.shape, wordDropout);
  return where(greater(keeps, scalar(0)), words, mask);
}
