import { z } from "zod";
import { importGraph } from "../graph/import/import-graph.ts";
import type { OnnxFile } from "../graph/import/onnx-file.ts";
import { gelu } from "../graph/operators/activation.ts";
import { cast, divide, greater, multiply, toInteger } from "../graph/operators/arithmetic.ts";
import { reshape } from "../graph/operators/layout.ts";
import { reduceSum } from "../graph/operators/reduce.ts";
import { scalar, type Tensor } from "../graph/tensor.ts";
import { defineModel, wordShapes } from "./definition.ts";
import { dense, dropout, outputLayer } from "./layers.ts";
import type { Network } from "./network.ts";
import { count, dropoutRate } from "./options.ts";
import { sentenceEncoderNames, sentenceWidths } from "./sentence-encoders.ts";

/** Two dense layers over the vector of a sentence: [batch, width] → logits [batch, classes]. */
export const textEncoder = defineModel({
  kind: "text-encoder",
  description: "A head over the vectors of a pretrained sentence encoder, which is frozen.",
  options: {
    encoder: z.enum(sentenceEncoderNames).default("minilm"),
    hidden: count.default(256).describe("Units of the layer between vector and output"),
    dropout: dropoutRate
      .default(0.3)
      .describe("Share of vector and hidden units that is dropped in training"),
  },
  inputs: ["sentence"],
  sentenceEncoder: ({ encoder }) => encoder,
  architecture: ({ encoder, hidden, dropout: rate }, { classes }) => ({
    inputs: { sentence: [sentenceWidths[encoder]] },
    classes,
    build: (network, { sentence }) => {
      const kept = dropout(network, "sentence.dropout", { x: sentence!, rate });
      const units = gelu(dense(network, "hidden", { x: kept, units: hidden }));
      return outputLayer(network, units, { dropout: rate, classes });
    },
  }),
});

/** A pretrained sentence encoder, all of whose layers are trained but the vectors of its subword tokens. */
export const textEncoderFineTuned = defineModel({
  kind: "text-encoder-fine-tuned",
  description: "A pretrained sentence encoder, fine-tuned.",
  options: {
    encoder: z.enum(sentenceEncoderNames).default("minilm"),
    dropout: dropoutRate
      .default(0.1)
      .describe("Share of the sentence's vector that is dropped in training"),
  },
  inputs: ["subwords"],
  sentenceEncoder: ({ encoder }) => encoder,
  architecture(options, data) {
    const { encoder: file, classes } = data;
    if (!file) throw new RangeError("architecture: this model needs its encoder's file");
    return {
      inputs: { subwords: [wordShapes(data).length] },
      classes,
      isPadded: true,
      build: (network, { subwords }) =>
        fineTunedEncoder(network, subwords!, { ...options, file, classes }),
    };
  },
});

interface FineTunedOptions {
  /** A pretrained encoder: `input_ids`, `attention_mask`, `token_type_ids` → `last_hidden_state`. */
  readonly file: OnnxFile;
  /** Share of the sentence's vector that is dropped in training. */
  readonly dropout: number;
  readonly classes: number;
}

/**
 * A pretrained encoder that is trained on, its mean over the subwords of a sentence, and the output layer: ids of
 * subwords [batch, length], 0 behind the last → logits [batch, classes]. The vectors of the subwords themselves stay.
 */
function fineTunedEncoder(
  network: Network,
  subwords: Tensor,
  { file, dropout: rate, classes }: FineTunedOptions,
): Tensor {
  const [batch, length] = subwords.shape;
  const mask = cast(greater(subwords, scalar(0)));
  const { last_hidden_state: states } = importGraph(file, {
    inputs: {
      input_ids: toInteger(subwords, "int64"),
      attention_mask: toInteger(mask, "int64"),
      token_type_ids: toInteger(multiply(mask, scalar(0)), "int64"),
    },
    outputs: ["last_hidden_state"],
    weight: (name, { shape, values }) =>
      isTrained(name) ? network.parameter(name, shape, () => values.slice()) : undefined,
  });
  const shown = multiply(states!, reshape(mask, [batch!, length!, 1]));
  const tokens = reshape(reduceSum(mask, { axes: [1] }), [batch!, 1]);
  const mean = divide(reduceSum(shown, { axes: [1] }), tokens);
  return outputLayer(network, mean, { dropout: rate, classes });
}

/** Neither the exporter's own constants nor the table of subwords. */
const isTrained = (name: string): boolean =>
  !name.startsWith("/") && !name.startsWith("embeddings.");
