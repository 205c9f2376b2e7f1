import { describe, expect, test } from "vitest";
import { evaluate, fed } from "../../test/finite-differences.ts";
import {
  drawnWords,
  firstWeights,
  servedLogits,
  testNetwork,
} from "../../test/support/networks.ts";
import { elementCount } from "../graph/tensor.ts";
import { inputTensors } from "./definition.ts";
import { embeddedWords } from "./embedding.ts";
import { Network } from "./network.ts";
import { textGru } from "./text-gru.ts";

const length = 7;
const vocabulary = 30;
const classes = 4;
const small = { kind: "text-gru", embedding: 6, hidden: 5 } as const;
const variants = [
  { ...small, cell: "gru", pooling: "last" },
  { ...small, cell: "gru", pooling: "attention" },
  { ...small, cell: "lstm", pooling: "last" },
  { ...small, cell: "lstm", pooling: "attention" },
] as const;

const architectureOf = (options: object, words = { length, vocabulary }) =>
  textGru.architecture!(textGru.schema.parse(options), { words, classes });

describe.each(variants)("text-gru, $cell, $pooling", (options) => {
  const architecture = architectureOf(options);
  testNetwork(architecture, { words: drawnWords(length, vocabulary) });

  test("without words, the logits are the output layer's bias", async () => {
    const weights = firstWeights(architecture);
    const words = new Float32Array(3 * length);
    words[length] = 2;
    const [logits] = await servedLogits(architecture, weights, [{ words }]);
    expect([...logits!.subarray(0, 4)]).toEqual([...weights.get("output.bias")!]);
    expect([...logits!.subarray(8, 12)]).toEqual([...weights.get("output.bias")!]);
    expect([...logits!.subarray(4, 8)]).not.toEqual([...weights.get("output.bias")!]);
    expect(logits!.every(Number.isFinite)).toBe(true);
  });

  test("padding after the words changes nothing", async () => {
    const weights = firstWeights(architecture);
    const short = architectureOf(options, { length: 3, vocabulary });
    const words = [4, 9, 5];
    const padded = Float32Array.from({ length }, (_, index) => words[index] ?? 0);
    const [[expected], [actual]] = await Promise.all([
      servedLogits(short, weights, [{ words: Float32Array.from(words) }]),
      servedLogits(architecture, weights, [{ words: padded }]),
    ]);
    for (const [index, value] of expected!.entries()) expect(actual![index]).toBeCloseTo(value, 5);
  });
});

test("the reference network over 8000 words", () => {
  const network = new Network("training");
  const reference = textGru.architecture!(
    textGru.schema.parse({ kind: "text-gru", wordDropout: 0.1, dropout: 0.5 }),
    { words: { length: 32, vocabulary: 8000 }, classes: 8 },
  );
  const logits = reference.build(network, inputTensors(reference, 4));
  expect(logits.shape).toEqual([4, 8]);
  // PyTorch: nn.Embedding(8000, 128), nn.GRU(128, 128, bidirectional=True), nn.Linear(256, 8).
  const count = [...network.weights.values()].reduce(
    (sum, { shape }) => sum + elementCount(shape),
    0,
  );
  expect(count).toBe(8000 * 128 + 2 * (384 * 128 + 384 * 128 + 384 + 384) + 256 * 8 + 8);
  expect(Object.fromEntries(network.dropoutMasks)).toEqual({
    "text.wordMask": { shape: [4, 32], rate: 0.1 },
    "dropout.mask": { shape: [4, 256], rate: 0.5 },
  });
});

test("a dropped word becomes the unknown word, padding stays padding", async () => {
  const network = new Network("training");
  const words = fed("words", [2, 3], [3, 2, 0, 2, 0, 0]);
  const { vectors, mask } = embeddedWords(network, words.tensor, {
    vocabulary: 4,
    embedding: 1,
    wordDropout: 0.5,
  });
  const table = fed("text.embedding", [4, 1], [10, 11, 12, 13]);
  const dropped = fed("text.wordMask", [2, 3], [0, 2, 0, 2, 2, 0]);
  const actual = await evaluate({ vectors, mask }, [words, table, dropped]);
  expect(actual["vectors"]).toEqual([11, 12, 10, 12, 10, 10]);
  expect(actual["mask"]).toEqual([1, 1, 0, 1, 0, 0]);
});
