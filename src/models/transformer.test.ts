import { describe, expect, test } from "vitest";
import { drawn, evaluate, fed, gradientError, type Fed } from "../../test/finite-differences.ts";
import {
  drawnInput,
  drawnWords,
  firstWeights,
  servedLogits,
  testNetwork,
} from "../../test/support/networks.ts";
import { input } from "../graph/tensor.ts";
import { Random } from "../shared/random.ts";
import { audioTransformer } from "./audio-transformer.ts";
import { inputTensors } from "./definition.ts";
import { initialWeights, Network } from "./network.ts";
import { textTransformer } from "./text-transformer.ts";
import { transformer } from "./transformer.ts";

const small = { width: 8, blocks: 2, heads: 2, dropout: 0 };

function leavesOf(network: Network): Fed[] {
  const weights = initialWeights(network, new Random(4));
  return [...network.weights].map(([name, { tensor }]) => ({
    name,
    tensor,
    values: weights.get(name)!,
  }));
}

test("gradients agree with differences, also beside padding and an empty sequence", async () => {
  const network = new Network("training");
  const x = drawn("x", [3, 3, 4]);
  const mask = fed("mask", [3, 3], [1, 1, 1, 1, 0, 0, 0, 0, 0]);
  const y = transformer(
    network,
    { x: x.tensor, mask: mask.tensor },
    { width: 4, blocks: 1, heads: 2, dropout: 0 },
  );
  expect(y.shape).toEqual([3, 4]);
  expect(await gradientError(y, [x, ...leavesOf(network)], [mask])).toBeLessThan(3e-3);
});

const normalized = (rows: number[][]): number[][] =>
  rows.map((row) => {
    const mean = row.reduce((a, b) => a + b, 0) / row.length;
    const variance = row.reduce((sum, v) => sum + (v - mean) ** 2, 0) / row.length;
    return row.map((v) => (v - mean) / Math.sqrt(variance + 1e-5));
  });

const sum = (a: number[][], b: number[][]): number[][] =>
  a.map((row, r) => row.map((v, i) => v + b[r]![i]!));

/** x Φ(x), with Φ by the series of the error function. */
const gelu = (v: number): number => {
  let [term, below] = [v, 0];
  for (let k = 0; k < 60; k++) {
    below += term / (2 * k + 1);
    term *= -(v * v) / (2 * (k + 1));
  }
  return v * (0.5 + below / Math.sqrt(2 * Math.PI));
};

test("one block of one head, step by step", async () => {
  const network = new Network("training");
  const x = drawn("x", [1, 2, 2]);
  const mask = fed("mask", [1, 2], [1, 1]);
  const y = transformer(
    network,
    { x: x.tensor, mask: mask.tensor },
    { width: 2, blocks: 1, heads: 1, dropout: 0 },
  );
  const leaves = leavesOf(network);
  const weight = (name: string): number[] => [...leaves.find((leaf) => leaf.name === name)!.values];
  const layer = (name: string, rows: number[][]): number[][] => {
    const [matrix, bias] = [
      weight(`transformer.0.${name}.weight`),
      weight(`transformer.0.${name}.bias`),
    ];
    return rows.map((row) =>
      bias.map((b, unit) =>
        row.reduce((total, v, i) => total + v * matrix[unit * row.length + i]!, b),
      ),
    );
  };
  const positions = weight("positions");
  let rows = [0, 1].map((r) => [0, 1].map((i) => x.values[r * 2 + i]! + positions[r * 2 + i]!));
  const projected = layer("attention.in", normalized(rows)); // query, key and value of width 2 each
  const mixed = projected.map((own) => {
    const powers = projected.map((other) =>
      Math.exp((own[0]! * other[2]! + own[1]! * other[3]!) / Math.sqrt(2)),
    );
    const total = powers.reduce((a, b) => a + b, 0);
    return [4, 5].map((i) =>
      powers.reduce((s, p, other) => s + (p / total) * projected[other]![i]!, 0),
    );
  });
  rows = sum(rows, layer("attention.out", mixed));
  const wide = layer("dense.in", normalized(rows)).map((row) => row.map(gelu));
  rows = normalized(sum(rows, layer("dense.out", wide)));
  const { y: actual } = await evaluate({ y }, [x, mask, ...leaves]);
  for (const i of [0, 1]) expect(actual![i]).toBeCloseTo((rows[0]![i]! + rows[1]![i]!) / 2, 4);
});

test("refuses heads that do not divide the width", () => {
  const x = input("x", [1, 2, 6]);
  expect(() =>
    transformer(
      new Network("training"),
      { x, mask: input("mask", [1, 2]) },
      { ...small, width: 6, heads: 4 },
    ),
  ).toThrow(/transformer: 4 heads do not divide a width of 6/);
});

describe("text-transformer", () => {
  const [length, vocabulary, classes] = [7, 30, 4];
  const options = { kind: "text-transformer", ...small };
  const architecture = textTransformer.architecture!(textTransformer.schema.parse(options), {
    words: { length, vocabulary },
    classes,
  });
  testNetwork(architecture, { words: drawnWords(length, vocabulary) });

  test("without words, the logits are the output layer's bias", async () => {
    const weights = firstWeights(architecture);
    const words = new Float32Array(2 * length);
    words[length] = 3;
    const [logits] = await servedLogits(architecture, weights, [{ words }]);
    expect([...logits!.subarray(0, classes)]).toEqual([...weights.get("output.bias")!]);
    expect(logits!.every(Number.isFinite)).toBe(true);
  });
});

describe.each([
  { name: "patches that tile", rows: 8, frames: 12, patch: [4, 4], stride: [4, 4] },
  {
    name: "patches that overlap and leave a rest",
    rows: 9,
    frames: 13,
    patch: [4, 3],
    stride: [3, 2],
  },
] as const)("audio-transformer, $name", ({ rows, frames, patch, stride }) => {
  const options = { kind: "audio-transformer", ...small, patch, stride };
  const architecture = audioTransformer.architecture!(audioTransformer.schema.parse(options), {
    spectrogram: { rows, frames },
    classes: 4,
  });
  testNetwork(architecture, { spectrogram: drawnInput("spectrogram", rows * frames) });
});

test("audio-transformer takes 4 × 10 patches of 16 × 16 from a spectrogram of 64 × 160", () => {
  const network = new Network("training");
  const options = { kind: "audio-transformer", width: 128, blocks: 2, heads: 4, dropout: 0.1 };
  const architecture = audioTransformer.architecture!(audioTransformer.schema.parse(options), {
    spectrogram: { rows: 64, frames: 160 },
    classes: 8,
  });
  const logits = architecture.build(network, inputTensors(architecture, 2));
  expect(logits.shape).toEqual([2, 8]);
  expect(network.weights.get("positions")!.shape).toEqual([40, 128]);
  // What each part of each block adds, and the mean.
  expect([...network.dropoutMasks.values()].map(({ shape }) => shape)).toEqual([
    ...Array.from({ length: 4 }, () => [2, 40, 128]),
    [2, 128],
  ]);
});
