import type { Utterance } from "../datasets/manifest.ts";
import { elementCount, type Shape } from "../graph/tensor.ts";
import type { InputValues } from "../training/micro-batches.ts";
import { writeFloat16 } from "../shared/float16.ts";

/**
 * What a network is fed of one utterance, by the input's name, row-major. What is shorter than the input is
 * followed by zeros.
 */
export type Inputs = Readonly<Record<string, InputValues>>;

/** A labeled utterance as a network takes it. */
export interface Example {
  readonly utterance: Utterance;
  /** As it is, then its changed versions. */
  readonly variants: readonly [Inputs, ...Inputs[]];
  /** Index of its label. */
  readonly label: number;
  /** What a teacher says of it: probabilities [labels]. */
  readonly taught?: Float32Array;
}

/** The examples of a fold's three sides. */
export interface FoldExamples {
  readonly train: readonly Example[];
  /** Of other corpora, to train on beside the training side. */
  readonly companions: readonly Example[];
  readonly validation: readonly Example[];
  readonly test: readonly Example[];
}

/** The rows of a batch, one after the other, for inputs of these shapes; in half precision what all rows have in that. */
export function stackInputs(
  rows: readonly Inputs[],
  shapes: Readonly<Record<string, Shape>>,
): Record<string, InputValues> {
  return Object.fromEntries(
    Object.entries(shapes).map(([name, shape]) => {
      const size = elementCount(shape);
      const isHalf = rows.every((inputs) => inputs[name] instanceof Uint16Array);
      const stacked = isHalf
        ? new Uint16Array(rows.length * size)
        : new Float32Array(rows.length * size);
      for (const [row, inputs] of rows.entries()) {
        const values = inputs[name]!;
        stacked.set(isHalf ? values : floatsOf(values), row * size);
      }
      return [name, stacked];
    }),
  );
}

/** The numbers in full precision. */
export function floatsOf(values: InputValues): Float32Array {
  if (values instanceof Float32Array) return values;
  const floats = new Float32Array(values.length);
  writeFloat16(values, floats, 0);
  return floats;
}
