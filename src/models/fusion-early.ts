import { z } from "zod";
import { relu } from "../graph/operators/activation.ts";
import { concatenate } from "../graph/operators/layout.ts";
import { audioCnnEmbedding, audioCnnOptions } from "./audio-cnn.ts";
import { defineModel, spectrogramShape, wordShapes } from "./definition.ts";
import { dense, outputLayer } from "./layers.ts";
import { count, dropoutRate } from "./options.ts";
import { textEmbedding, textGruOptions } from "./text-gru.ts";

/** Options of both networks, and of the dense layer over both embeddings. */
export const fusionOptions = {
  voice: z.strictObject(audioCnnOptions).prefault({}),
  words: z.strictObject(textGruOptions).prefault({}),
  hidden: count.default(128),
  dropout: dropoutRate.default(0.5),
};

/**
 * The embeddings of voice and words, concatenated, under two dense layers, all trained jointly:
 * spectrogram [batch, 1, mels, frames] and words [batch, length] → logits [batch, classes].
 */
export const fusionEarly = defineModel({
  kind: "fusion-early",
  description: "Early fusion: the embeddings of audio-cnn and text-gru, concatenated.",
  options: fusionOptions,
  inputs: ["spectrogram", "words"],
  architecture(options, data) {
    const { length, vocabulary } = wordShapes(data);
    return {
      inputs: { spectrogram: spectrogramShape(data), words: [length] },
      classes: data.classes,
      build: (network, { spectrogram, words: ids }) => {
        const voice = audioCnnEmbedding(network, spectrogram!, options.voice);
        const words = textEmbedding(network, ids!, { ...options.words, vocabulary });
        const both = concatenate([voice, words], 1);
        const joint = relu(dense(network, "joint", { x: both, units: options.hidden }));
        return outputLayer(network, joint, { ...options, ...data });
      },
    };
  },
});
