/** A model for tests of the recognition that reads: "glad" is happy, "sorry" is sad, else neutral. */
import { emitModel } from "../../src/graph/emit.ts";
import { softmax } from "../../src/graph/operators/activation.ts";
import { add, clampBelow, multiply } from "../../src/graph/operators/arithmetic.ts";
import { matMul } from "../../src/graph/operators/matrix.ts";
import { reduceMean } from "../../src/graph/operators/reduce.ts";
import { constant, input, scalar, type Tensor } from "../../src/graph/tensor.ts";
import type { TextModel } from "../../src/recognition/analysis.ts";

const labels = ["neutral", "happy", "sad"];
const vocabulary = ["glad", "sorry"];
const length = 4;

/** The model as an object, sure of 0.9. */
export const wordModel: TextModel = {
  card: { labels },
  probabilities: async (texts) =>
    texts.map(({ text }) => {
      const word = vocabulary.findIndex((known) => text.toLowerCase().includes(known));
      return Float32Array.from(labels, (_, k) => (k === word + 1 ? 0.9 : 0.05));
    }),
};

/** How many of the words have this id: 1 for each word with (word - id)² < 1. */
function count(words: Tensor, id: number): Tensor {
  const apart = add(words, scalar(-id));
  const isIt = clampBelow(add(scalar(1), multiply(multiply(apart, apart), scalar(-1))), 0);
  return multiply(reduceMean(isIt, { axes: [1], keepAxes: true }), scalar(length));
}

/** Much the same as an `.onnx` file: softmax of [2, 6 · glad, 6 · sorry]. */
export function wordModelFile(): Uint8Array {
  const words = input("words", [1, length]);
  const row = (k: number): Tensor =>
    constant(
      labels.map((_, n) => (n === k ? 6 : 0)),
      [1, 3],
    );
  const logits = add(
    add(matMul(count(words, 2), row(1)), matMul(count(words, 3), row(2))),
    constant([2, 0, 0], [1, 3]),
  );
  const card = { name: "words", labels, temperature: 1, provenance: {} };
  return emitModel({
    outputs: { probabilities: softmax(logits) },
    freeBatch: true,
    metadata: { undertone: JSON.stringify({ ...card, words: { length, vocabulary } }) },
  });
}
