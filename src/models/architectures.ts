import { input, type Shape, type Tensor } from "../graph/tensor.ts";
import { audioCnn, type AudioCnnOptions } from "./audio-cnn.ts";
import type { Network } from "./network.ts";

/** A network as training sees it: named inputs [batch, ...shape] → logits [batch, classes]. */
export interface Architecture {
  /** Shapes by name, without the batch axis. */
  readonly inputs: Readonly<Record<string, Shape>>;
  readonly classes: number;
  build(network: Network, inputs: Readonly<Record<string, Tensor>>): Tensor;
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
    inputs: { picture: [1, rows, frames] },
    classes,
    build: (network, { picture }) => audioCnn(network, picture!, { ...model, classes }),
  };
}

/** An input tensor for each of an architecture's inputs. */
export function inputTensors(architecture: Architecture, batch: number): Record<string, Tensor> {
  return Object.fromEntries(
    Object.entries(architecture.inputs).map(([name, shape]) => [
      name,
      input(name, [batch, ...shape]),
    ]),
  );
}
