import { imagePatches } from "../graph/operators/convolution.ts";
import { reshape, transpose } from "../graph/operators/layout.ts";
import type { Window } from "../graph/operators/pooling.ts";
import { constant, type Tensor } from "../graph/tensor.ts";
import { dense, outputLayer } from "./layers.ts";
import type { Network } from "./network.ts";
import { transformer, type TransformerOptions } from "./transformer.ts";

export interface AudioTransformerOptions extends TransformerOptions {
  /** Size of a patch, [mels, frames]. */
  readonly patch: Window;
  /** From one patch to the next, [mels, frames]; below the size, patches overlap. */
  readonly stride: Window;
  readonly classes: number;
}

/**
 * Patches of the spectrogram through a transformer, their mean and the output layer:
 * [batch, 1, mels, frames] → logits [batch, classes].
 * @see Gong et al. 2021, AST: Audio Spectrogram Transformer; smaller, trained from scratch
 */
export function audioTransformer(
  network: Network,
  spectrogram: Tensor,
  options: AudioTransformerOptions,
): Tensor {
  const { patch, stride, width } = options;
  const patches = imagePatches(spectrogram, { size: patch, stride }); // [batch, pixels, rows, columns]
  const [batch, pixels, rows, columns] = patches.shape;
  const places = rows! * columns!;
  const sequence = transpose(reshape(patches, [batch!, pixels!, places]), [0, 2, 1]);
  const x = dense(network, "patches", { x: sequence, units: width });
  const mask = constant(new Float32Array(places).fill(1), [1, places]);
  const pooled = transformer(network, { x, mask }, options);
  return outputLayer(network, pooled, options);
}
