import { describe, expect, test } from "vitest";
import { batchSize, drawnInput, drawnWords, testNetwork } from "../../test/support/networks.ts";
import { floats, onnxModel, onnxNode } from "../../test/support/onnx-model.ts";
import { parseOnnx } from "../graph/import/onnx-file.ts";
import { Random } from "../shared/random.ts";
import { inputTensors } from "./definition.ts";
import { Network } from "./network.ts";
import { textEncoder, textEncoderFineTuned } from "./text-encoder.ts";

const classes = 4;

describe("text-encoder", () => {
  const options = textEncoder.schema.parse({ kind: "text-encoder", hidden: 8, dropout: 0 });
  testNetwork(textEncoder.architecture!(options, { classes }), {
    sentence: drawnInput("sentence", 384),
  });
});

describe("text-encoder-fine-tuned", () => {
  const [subwords, width, length] = [20, 6, 5];
  const random = new Random("tiny encoder");
  const drawn = (...shape: number[]) =>
    floats(
      shape,
      Array.from({ length: shape.reduce((a, b) => a * b) }, () => random.uniform(-1, 1)),
    );
  /** A table of subwords and one dense layer. */
  const bytes = onnxModel({
    inputs: Object.fromEntries(
      ["input_ids", "attention_mask", "token_type_ids"].map((name) => [
        name,
        { int64: ["batch", "length"] },
      ]),
    ),
    nodes: [
      onnxNode("Gather", [["embeddings.word", "input_ids"], ["vectors"]]),
      onnxNode("MatMul", [["vectors", "onnx::MatMul_1"], ["products"]]),
      onnxNode("Add", [["products", "layer.bias"], ["sums"]]),
      onnxNode("Tanh", [["sums"], ["last_hidden_state"]]),
    ],
    outputs: ["last_hidden_state"],
    initializers: {
      "embeddings.word": drawn(subwords, width),
      "onnx::MatMul_1": drawn(width, width),
      "layer.bias": drawn(width),
    },
  });
  const options = textEncoderFineTuned.schema.parse({
    kind: "text-encoder-fine-tuned",
    dropout: 0,
  });
  const words = { length, vocabulary: 0 };
  const architecture = textEncoderFineTuned.architecture!(options, {
    classes,
    words,
    encoder: parseOnnx(bytes),
  });

  testNetwork(architecture, { subwords: drawnWords(length, subwords) }, { learningRate: 0.05 });

  test("trains what the encoder computes with, from its published values, and not its table", () => {
    const network = new Network("training");
    architecture.build(network, inputTensors(architecture, batchSize));
    const names = [...network.weights.keys()];
    expect(names.toSorted()).toEqual([
      "layer.bias",
      "onnx::MatMul_1",
      "output.bias",
      "output.weight",
    ]);
    const { initialize, shape } = network.weights.get("layer.bias")!;
    const [first, second] = [initialize(random, shape), initialize(random, shape)];
    expect(first).toEqual(second);
    expect(first).not.toBe(second);
    expect(first.every((value) => Math.abs(value) <= 1 && value !== 0)).toBe(true);
  });

  test("needs its encoder's file", () => {
    expect(() => textEncoderFineTuned.architecture!(options, { classes, words })).toThrow(
      /needs its encoder's file/,
    );
  });
});
