import { defineModel, wordShapes } from "./definition.ts";
import { embeddedWords } from "./embedding.ts";
import { outputLayer } from "./layers.ts";
import { share } from "./options.ts";
import { transformer, transformerOptions } from "./transformer.ts";

/** Embedded words through a transformer, then their mean: ids [batch, length] → logits [batch, classes]. */
export const textTransformer = defineModel({
  kind: "text-transformer",
  description: "A small transformer over words.",
  options: {
    ...transformerOptions,
    wordDropout: share
      .default(0)
      .describe("Share of words that training replaces by the unknown word"),
  },
  inputs: ["words"],
  architecture(options, data) {
    const { length, vocabulary } = wordShapes(data);
    const { wordDropout, width: embedding } = options;
    return {
      inputs: { words: [length] },
      classes: data.classes,
      build: (network, { words }) => {
        const embedded = embeddedWords(network, words!, { wordDropout, vocabulary, embedding });
        const pooled = transformer(network, { x: embedded.vectors, mask: embedded.mask }, options);
        return outputLayer(network, pooled, { ...options, ...data });
      },
    };
  },
});
