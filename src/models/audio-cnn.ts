import { relu } from "../graph/operators/activation.ts";
import { reshape } from "../graph/operators/layout.ts";
import type { Window } from "../graph/operators/pooling.ts";
import { elementCount, type Tensor } from "../graph/tensor.ts";
import { convolutionBlock } from "./convolution-block.ts";
import { dense, dropout } from "./layers.ts";
import type { Network } from "./network.ts";
import { attentiveStatistics, framewiseDense } from "./pooling.ts";

export interface AudioCnnOptions {
  /** Output channels of each convolution block. */
  readonly channels: readonly number[];
  /** Pooling of each block, [mels, frames]; 2 × 2 where not given. */
  readonly pools?: readonly Window[] | undefined;
  /**
   * `flatten`, the brief's: a dense layer over the whole picture. `statistics`: a dense layer at
   * each frame, then mean and deviation over the frames that attention picks.
   */
  readonly head: "flatten" | "statistics";
  /** Units of the dense layer before the output. */
  readonly hidden: number;
  /** Share of what reaches the output layer that is silenced in training. */
  readonly dropout: number;
  readonly classes: number;
}

/** The embedding, dropout and the output layer: [batch, 1, mels, frames] → logits [batch, classes]. */
export function audioCnn(network: Network, spectrogram: Tensor, options: AudioCnnOptions): Tensor {
  const embedding = audioCnnEmbedding(network, spectrogram, options);
  const kept = dropout(network, "dropout", { x: embedding, rate: options.dropout });
  return dense(network, "output", { x: kept, units: options.classes });
}

/**
 * Blocks of convolution, batch norm, ReLU and max pooling over the spectrogram, then a dense layer:
 * [batch, 1, mels, frames] → [batch, width].
 */
export function audioCnnEmbedding(
  network: Network,
  spectrogram: Tensor,
  options: Omit<AudioCnnOptions, "dropout" | "classes">,
): Tensor {
  let x = spectrogram;
  for (const [index, channels] of options.channels.entries()) {
    const pool = options.pools?.[index] ?? [2, 2];
    x = convolutionBlock(network, `blocks.${index}`, { x, channels, pool });
  }
  return options.head === "flatten" ? flattened(network, x, options) : pooled(network, x, options);
}

function flattened(network: Network, x: Tensor, { hidden }: { hidden: number }): Tensor {
  const batch = x.shape[0]!;
  const flat = reshape(x, [batch, elementCount(x.shape) / batch]);
  return relu(dense(network, "hidden", { x: flat, units: hidden }));
}

/** Keeps the bands that are left apart: each has its own weights in the dense layer. */
function pooled(network: Network, x: Tensor, { hidden }: { hidden: number }): Tensor {
  const frames = x.shape.at(-1)!;
  const batch = x.shape[0]!;
  const sequence = reshape(x, [batch, elementCount(x.shape) / batch / frames, frames]);
  return attentiveStatistics(
    network,
    "pooling",
    relu(framewiseDense(network, "hidden", { x: sequence, units: hidden })),
  );
}
