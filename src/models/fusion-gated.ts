import type { z } from "zod";
import { maskedSoftmax, tanh } from "../graph/operators/activation.ts";
import { add, cast, greater, multiply, subtract } from "../graph/operators/arithmetic.ts";
import { concatenate, slice } from "../graph/operators/layout.ts";
import { scalar, type Tensor } from "../graph/tensor.ts";
import { audioCnnEmbedding } from "./audio-cnn.ts";
import { defineModel, spectrogramShape, wordShapes } from "./definition.ts";
import { fusionOptions } from "./fusion-early.ts";
import { dense, outputLayer } from "./layers.ts";
import type { Network } from "./network.ts";
import { share } from "./options.ts";
import { textEmbedding } from "./text-gru.ts";

const gatedOptions = {
  ...fusionOptions,
  modalityDropout: share
    .default(0.2)
    .describe(
      "Share of examples that training is given without their voice, and without their words",
    ),
};

type FusionGatedOptions = z.output<z.ZodObject<typeof gatedOptions>> & {
  readonly vocabulary: number;
  readonly classes: number;
};

/** Voice and words, weighted by a gate: spectrogram, words and the transcript's confidence → logits [batch, classes]. */
export const fusionGated = defineModel({
  kind: "fusion-gated",
  description: "Gated fusion of audio-cnn and text-gru, with modality dropout.",
  options: gatedOptions,
  inputs: ["spectrogram", "words"],
  architecture(options, data) {
    const { length, vocabulary } = wordShapes(data);
    const { classes } = data;
    const fusion = (network: Network, inputs: Readonly<Record<string, Tensor>>): GatedFusion =>
      gatedFusion(
        network,
        {
          spectrogram: inputs["spectrogram"]!,
          words: inputs["words"]!,
          wordConfidence: inputs["wordConfidence"]!,
        },
        { ...options, vocabulary, classes },
      );
    return {
      inputs: { spectrogram: spectrogramShape(data), words: [length], wordConfidence: [1] },
      classes,
      build: (network, inputs) => fusion(network, inputs).logits,
      gates: (network, inputs) => fusion(network, inputs).gates,
    };
  },
});

interface FusionGatedInputs {
  /** [batch, 1, mels, frames] */
  readonly spectrogram: Tensor;
  /** [batch, length] */
  readonly words: Tensor;
  /** [batch, 1]: confidence of the transcript, 0 to 1 */
  readonly wordConfidence: Tensor;
}

interface GatedFusion {
  /** [batch, classes] */
  readonly logits: Tensor;
  /** [batch, 2]: the weights of voice and words, which sum to 1 */
  readonly gates: Tensor;
}

/**
 * Voice and words as vectors of one width, averaged with weights that a gate finds for each example from
 * both vectors and the transcript's confidence. A modality that is missing, or dropped in training, has
 * weight 0; the voice is never dropped where there are no words.
 * @see Arevalo et al. 2017, Gated Multimodal Units; Neverova et al. 2016, ModDrop
 */
function gatedFusion(
  network: Network,
  inputs: FusionGatedInputs,
  options: FusionGatedOptions,
): GatedFusion {
  const present = presence(network, inputs.words, options.modalityDropout);
  const [voiceThere, wordsThere] = [column(present, 0), column(present, 1)];
  const vectorOf = (name: string, x: Tensor): Tensor =>
    tanh(dense(network, name, { x, units: options.hidden }));
  const voice = multiply(
    vectorOf("voice", audioCnnEmbedding(network, inputs.spectrogram, options.voice)),
    voiceThere,
  );
  const words = multiply(
    vectorOf(
      "words",
      textEmbedding(network, inputs.words, { ...options.words, vocabulary: options.vocabulary }),
    ),
    wordsThere,
  );
  const seen = concatenate([voice, words, multiply(inputs.wordConfidence, wordsThere)], 1);
  const gates = maskedSoftmax(dense(network, "gate", { x: seen, units: 2 }), present);
  const joint = add(multiply(voice, column(gates, 0)), multiply(words, column(gates, 1)));
  return { logits: outputLayer(network, joint, options), gates };
}

/** 1 where an example has voice and words to go by, else 0: [batch, 2]. */
function presence(network: Network, words: Tensor, rate: number): Tensor {
  const one = scalar(1);
  const spoken = cast(greater(slice(words, { axis: 1, start: 0, end: 1 }), scalar(0)));
  const kept = (modality: string): Tensor =>
    network.mode === "inference" || rate === 0
      ? one
      : cast(greater(network.dropoutMask(`${modality}.mask`, spoken.shape, rate), scalar(0)));
  const wordsThere = multiply(spoken, kept("words"));
  const voiceThere = subtract(one, multiply(wordsThere, subtract(one, kept("voice"))));
  return concatenate([voiceThere, wordsThere], 1);
}

function column(x: Tensor, index: number): Tensor {
  return slice(x, { axis: 1, start: index, end: index + 1 });
}
