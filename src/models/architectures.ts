import type { Shape, Tensor } from "../graph/tensor.ts";
import { audioCnn, type AudioCnnOptions } from "./audio-cnn.ts";
import type { Network } from "./network.ts";

/** A network as training sees it: features [batch, ...featureShape] → logits [batch, classes]. */
export interface Architecture {
  readonly featureShape: Shape;
  readonly classes: number;
  build(network: Network, features: Tensor): Tensor;
}

/** Which architecture, with its options. */
export type ModelOptions = { readonly kind: "audio-cnn" } & Omit<AudioCnnOptions, "classes">;

/** The architecture for pictures of [rows, frames]. A new model is one file and one case here. */
export function architectureOf(
  model: ModelOptions,
  data: { readonly rows: number; readonly frames: number; readonly classes: number },
): Architecture {
  const { rows, frames, classes } = data;
  return {
    featureShape: [1, rows, frames],
    classes,
    build: (network, features) => audioCnn(network, features, { ...model, classes }),
  };
}
