import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { drawn, evaluate, fed, gradientError, type Fed } from "../../test/finite-differences.ts";
import { gradients } from "../graph/gradients.ts";
import { multiply } from "../graph/operators/arithmetic.ts";
import { reduceSum } from "../graph/operators/reduce.ts";
import type { Cell } from "../graph/operators/recurrent.ts";
import { constant, type Tensor } from "../graph/tensor.ts";
import { Random } from "../shared/random.ts";
import { initialWeights, Network } from "./network.ts";
import { bidirectional, lastStates } from "./recurrent.ts";

interface Reference {
  x: number[];
  projection: number[];
  weights: Record<string, number[]>;
  states: number[];
  last: number[];
  gradients: Record<string, number[]>;
}

/** PyTorch's values; `recurrent.py` beside it says how they were made. */
const reference: { lengths: number[]; inputs: number; hidden: number } & Record<Cell, Reference> =
  JSON.parse(
    readFileSync(new URL("../../test/fixtures/models/recurrent.json", import.meta.url)).toString(),
  );

/** 1 for each element of sequences of these lengths, 0 for padding. */
function maskOf(lengths: readonly number[], length: number): Fed {
  const values = lengths.flatMap((own) => Array.from({ length }, (_, i) => Number(i < own)));
  return fed("mask", [lengths.length, length], values);
}

/** The largest difference of two lists of numbers; Infinity where their lengths differ. */
function difference(actual: readonly number[], expected: readonly number[]): number {
  if (actual.length !== expected.length) return Infinity;
  return Math.max(...expected.map((value, i) => Math.abs(actual[i]! - value)));
}

const cells = ["gru", "lstm"] as const;

describe.each(cells)("%s", (cell) => {
  /** The layer over `x`, with all its weights as leaves. */
  function layer(
    mode: "training" | "inference",
    { x, mask, hidden }: { x: Tensor; mask: Fed; hidden: number },
  ) {
    const network = new Network(mode);
    const states = bidirectional(network, "layer", { x, mask: mask.tensor, cell, hidden });
    const values = initialWeights(network, new Random("recurrent"));
    const leaves = [...network.weights].map(([name, { tensor }]) => ({
      name,
      tensor,
      values: values.get(name)!,
    }));
    return { states, last: lastStates(states, mask.tensor), leaves };
  }

  describe("as PyTorch has it, over sequences of different lengths", () => {
    const { lengths, inputs, hidden } = reference;
    const { projection, weights, ...expected } = reference[cell];
    const x = fed("x", [lengths.length, Math.max(...lengths), inputs], expected.x);
    const mask = maskOf(lengths, Math.max(...lengths));
    const withWeights = (leaves: readonly Fed[]): Fed[] => [
      ...leaves.map((leaf) => ({
        ...leaf,
        values: Float32Array.from(weights[leaf.name.slice("layer.".length)]!),
      })),
      x,
      mask,
    ];

    test.each(["training", "inference"] as const)("states in %s", async (mode) => {
      const { states, last, leaves } = layer(mode, { x: x.tensor, mask, hidden });
      const actual = await evaluate({ states, last }, withWeights(leaves));
      expect(difference(actual["states"]!, expected.states)).toBeLessThan(2e-6);
      expect(difference(actual["last"]!, expected.last)).toBeLessThan(2e-6);
    });

    test("gradients", async () => {
      const { states, leaves } = layer("training", { x: x.tensor, mask, hidden });
      const loss = reduceSum(multiply(states, constant(projection, states.shape)), {
        axes: [0, 1, 2],
      });
      const by = [x, ...leaves];
      const found = gradients(
        loss,
        by.map(({ tensor }) => tensor),
      );
      const outputs = Object.fromEntries(by.map(({ name }, i) => [`by ${name}`, found[i]!]));
      const actual = await evaluate(outputs, withWeights(leaves));
      for (const [name, values] of Object.entries(expected.gradients)) {
        expect(
          difference(actual[name === "x" ? "by x" : `by layer.${name}`]!, values),
        ).toBeLessThan(2e-6);
      }
    });
  });

  test.each([{ lengths: [5, 0, 3, 1] }, { lengths: [0] }, { lengths: [1, 0], length: 1 }])(
    "unrolled and as ONNX's operator alike, also where a sequence is empty: $lengths",
    async ({ lengths, length = 5 }) => {
      const x = drawn("x", [lengths.length, length, 4], [-3, 3]);
      const mask = maskOf(lengths, length);
      const [training, inference] = await Promise.all(
        (["training", "inference"] as const).map((mode) => {
          const { states, last, leaves } = layer(mode, { x: x.tensor, mask, hidden: 3 });
          return evaluate({ states, last }, [...leaves, x, mask]);
        }),
      );
      expect(difference(inference!["states"]!, training!["states"]!)).toBeLessThan(2e-6);
      expect(difference(inference!["last"]!, training!["last"]!)).toBeLessThan(2e-6);
      const width = 2 * 3;
      for (const [row, own] of lengths.entries()) {
        const states = training!["states"]!.slice(row * length * width, (row + 1) * length * width);
        expect(states.slice(own * width).every((value) => value === 0)).toBe(true);
        expect(states.slice(0, own * width).every((value) => value !== 0)).toBe(true);
      }
    },
  );

  test("gradients agree with differences, also beside an empty sequence", async () => {
    const x = drawn("x", [3, 3, 2]);
    const mask = maskOf([2, 0, 3], 3);
    const { states, last, leaves } = layer("training", { x: x.tensor, mask, hidden: 2 });
    expect(await gradientError(states, [x, ...leaves], [mask])).toBeLessThan(1e-3);
    expect(await gradientError(last, [x, ...leaves], [mask])).toBeLessThan(1e-3);
  });
});
