import { add, multiply } from "../graph/operators/arithmetic.ts";
import { concatenate, reshape, transpose } from "../graph/operators/layout.ts";
import { matMul } from "../graph/operators/matrix.ts";
import type { Tensor } from "../graph/tensor.ts";
import { fanInUniform } from "./initializers.ts";
import type { Network } from "./network.ts";

/** Fully connected layer: [batch, in] → [batch, units]; weights are [units, in], as in PyTorch. */
export function dense(
  network: Network,
  name: string,
  { x, units }: { x: Tensor; units: number },
): Tensor {
  const inputs = x.shape.at(-1)!;
  const weight = network.parameter(`${name}.weight`, [units, inputs], fanInUniform());
  const bias = network.parameter(`${name}.bias`, [units], fanInUniform(inputs));
  // An exported model keeps to standard operators; there the transpose of a constant costs nothing.
  const product =
    network.mode === "training"
      ? matMul(x, weight, { transposeB: true })
      : matMul(x, transpose(weight, [1, 0]));
  return add(product, bias);
}

/** In training, silences a share `rate` of the elements and scales the others up. */
export function dropout(
  network: Network,
  name: string,
  { x, rate }: { x: Tensor; rate: number },
): Tensor {
  if (network.mode === "inference" || rate === 0) return x;
  return multiply(x, network.dropoutMask(`${name}.mask`, x.shape, rate));
}

interface OutputOptions {
  /** Share of the embedding that is silenced in training. */
  readonly dropout: number;
  readonly classes: number;
  /** Whether training teaches a second dense layer of that kind, of other data. */
  readonly isDouble?: boolean | undefined;
}

/**
 * What every network ends with: its embedding [batch, width], dropout, and a dense layer → logits [batch, classes]; in training
 * of a double one [batch, 2, classes], those that are served before those of the other data.
 */
export function outputLayer(
  network: Network,
  embedding: Tensor,
  { dropout: rate, classes, isDouble = false }: OutputOptions,
): Tensor {
  network.embedding = embedding;
  const x = dropout(network, "dropout", { x: embedding, rate });
  const logits = dense(network, "output", { x, units: classes });
  if (!isDouble || network.mode === "inference") return logits;
  const others = dense(network, "companions", { x, units: classes });
  return reshape(concatenate([logits, others], 1), [x.shape[0]!, 2, classes]);
}
