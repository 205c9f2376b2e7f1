import { importGraph } from "../graph/import/import-graph.ts";
import type { OnnxFile } from "../graph/import/onnx-file.ts";
import { gelu } from "../graph/operators/activation.ts";
import { cast, divide, greater, multiply, toInteger } from "../graph/operators/arithmetic.ts";
import { reshape } from "../graph/operators/layout.ts";
import { reduceSum } from "../graph/operators/reduce.ts";
import { scalar, type Tensor } from "../graph/tensor.ts";
import { dense, dropout, outputLayer } from "./layers.ts";
import type { Network } from "./network.ts";
import type { SentenceEncoderName } from "./sentence-encoder.ts";

export interface TextEncoderOptions {
  /** What makes the vectors; it is not trained. */
  readonly encoder: SentenceEncoderName;
  /** Units of the layer between vector and output. */
  readonly hidden: number;
  /** Share of vector and hidden units that is silenced in training. */
  readonly dropout: number;
  readonly classes: number;
}

/** Two dense layers over the vector of a sentence: [batch, width] → logits [batch, classes]. */
export function textEncoder(
  network: Network,
  sentence: Tensor,
  { hidden, dropout: rate, classes }: TextEncoderOptions,
): Tensor {
  const kept = dropout(network, "sentence.dropout", { x: sentence, rate });
  const units = gelu(dense(network, "hidden", { x: kept, units: hidden }));
  return outputLayer(network, units, { dropout: rate, classes });
}

export interface TunedEncoderOptions {
  /** A pretrained encoder: `input_ids`, `attention_mask`, `token_type_ids` → `last_hidden_state`. */
  readonly file: OnnxFile;
  /** Share of the sentence's vector that is silenced in training. */
  readonly dropout: number;
  readonly classes: number;
}

/**
 * A pretrained encoder that is trained on, its mean over the subwords of a sentence, and the output layer: ids of
 * subwords [batch, length], 0 behind the last → logits [batch, classes]. The vectors of the subwords themselves stay.
 */
export function tunedEncoder(
  network: Network,
  subwords: Tensor,
  { file, dropout: rate, classes }: TunedEncoderOptions,
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
  const count = reshape(reduceSum(mask, { axes: [1] }), [batch!, 1]);
  const mean = divide(reduceSum(shown, { axes: [1] }), count);
  return outputLayer(network, mean, { dropout: rate, classes });
}

/** Neither the exporter's own constants nor the table of subwords. */
const isTrained = (name: string): boolean =>
  !name.startsWith("/") && !name.startsWith("embeddings.");
