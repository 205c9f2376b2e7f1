import { elementCount, type Shape } from "../graph/tensor.ts";
import { writeFloat16 } from "../shared/float16.ts";
import type { Vocabulary } from "../text/vocabulary.ts";

/** Numbers; a `Uint16Array` holds float16. */
export type InputValues = Float32Array | Uint16Array;

/** A model's inputs of one clip by name, row-major. Zeros follow what is shorter than the input. */
export type Inputs = Readonly<Record<string, InputValues>>;

/** The words of a clip: the corpus's own, or those of a speech-to-text provider. */
export interface Transcript {
  readonly text: string;
  /** 0 to 1; 1 for the corpus's own words. */
  readonly confidence: number;
}

/** A labeled clip as models take it, in training, validation and test alike. */
export interface Example {
  readonly id: string;
  /** Index of its label; 0 where dimensions are predicted. */
  readonly label: number;
  /** Ratings [dimensions], there where they are predicted. */
  readonly dimensions?: readonly number[];
  /** Inputs of the clip as it is, then of its augmented views. */
  readonly views: readonly [Inputs, ...Inputs[]];
  readonly transcript?: Transcript;
  /** How much it counts in training, relative to others; 1 by default. */
  readonly weight?: number;
}

/** Returns the rows of a batch, one after the other, for inputs of these shapes; float16 where all rows are. */
export function stackInputs(
  rows: readonly Inputs[],
  shapes: Readonly<Record<string, Shape>>,
): Record<string, InputValues> {
  return Object.fromEntries(
    Object.entries(shapes).map(([name, shape]) => {
      const size = elementCount(shape);
      const isFloat16 = rows.every((inputs) => inputs[name] instanceof Uint16Array);
      const stacked = isFloat16
        ? new Uint16Array(rows.length * size)
        : new Float32Array(rows.length * size);
      for (const [row, inputs] of rows.entries()) {
        const values = inputs[name]!;
        stacked.set(isFloat16 ? values : floatsOf(values), row * size);
      }
      return [name, stacked];
    }),
  );
}

/** Returns the values as float32; the array itself where they are. */
export function floatsOf(values: InputValues): Float32Array {
  if (values instanceof Float32Array) return values;
  const floats = new Float32Array(values.length);
  writeFloat16(values, floats, 0);
  return floats;
}

/** Returns ids of the first words [length], and the confidence [1], which is 0 where no word is known. */
export function wordInputs(
  vocabulary: Vocabulary,
  transcript: Transcript | undefined,
  length: number,
): Inputs {
  const words = vocabulary.ids(transcript?.text ?? "", length);
  return { words, wordConfidence: Float32Array.of(words[0]! > 0 ? transcript!.confidence : 0) };
}
