import { add, multiply } from "../graph/operators/arithmetic.ts";
import { transpose } from "../graph/operators/layout.ts";
import { matMul } from "../graph/operators/matrix.ts";
import type { Tensor } from "../graph/tensor.ts";
import { fanInUniform } from "./initializers.ts";
import type { Network } from "./network.ts";

/**
 * Fully connected layer: [batch, in] → [batch, units]; weights are [units, in], as in PyTorch.
 * @example
 * ```ts
 * import { dense, input, Network } from "undertone/train";
 *
 * const hidden = dense(new Network("training"), "hidden", { x: input("x", [2, 8]), units: 4 });
 * const shape = hidden.shape; // → [2, 4]
 * ```
 */
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

/** In training, zeroes a share `rate` of the elements and scales the others up. */
export function dropout(
  network: Network,
  name: string,
  { x, rate }: { x: Tensor; rate: number },
): Tensor {
  if (network.mode === "inference" || rate === 0) return x;
  return multiply(x, network.dropoutMask(`${name}.mask`, x.shape, rate));
}

interface OutputOptions {
  /** Share of the embedding that is dropped in training. */
  readonly dropout: number;
  readonly classes: number;
}

/**
 * What every network ends with: its embedding [batch, width], dropout, and a dense layer → logits [batch, classes].
 * @example
 * ```ts
 * import { input, Network, outputLayer } from "undertone/train";
 *
 * const options = { dropout: 0.3, classes: 8 };
 * const logits = outputLayer(new Network("training"), input("embedding", [2, 64]), options);
 * const shape = logits.shape; // → [2, 8]
 * ```
 */
export function outputLayer(
  network: Network,
  embedding: Tensor,
  { dropout: rate, classes }: OutputOptions,
): Tensor {
  network.embedding = embedding;
  const x = dropout(network, "dropout", { x: embedding, rate });
  return dense(network, "output", { x, units: classes });
}
