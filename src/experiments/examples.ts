import type { Utterance } from "../datasets/manifest.ts";

/** What a network is fed of one utterance, by the input's name, row-major. */
export type Inputs = Readonly<Record<string, Float32Array>>;

/** A labelled utterance as a network takes it. */
export interface Example {
  readonly utterance: Utterance;
  /** As it is, then its changed versions. */
  readonly variants: readonly [Inputs, ...Inputs[]];
  /** Index of its label. */
  readonly label: number;
}

/** The examples of a fold's three sides. */
export interface FoldExamples {
  readonly train: readonly Example[];
  /** Of other corpora, to train on beside the training side. */
  readonly companions: readonly Example[];
  readonly validation: readonly Example[];
  readonly test: readonly Example[];
}

/** The rows of a batch, one after the other. */
export function stackInputs(rows: readonly Inputs[]): Record<string, Float32Array> {
  return Object.fromEntries(
    Object.keys(rows[0]!).map((name) => {
      const size = rows[0]![name]!.length;
      const stacked = new Float32Array(rows.length * size);
      for (const [row, inputs] of rows.entries()) stacked.set(inputs[name]!, row * size);
      return [name, stacked];
    }),
  );
}
