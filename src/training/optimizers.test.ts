import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { Weights } from "../models/network.ts";
import {
  averageWeights,
  clipGradientNorm,
  initialOptimizerState,
  optimize,
  type OptimizerOptions,
} from "./optimizers.ts";

type Arrays = Record<string, number[]>;

/** What PyTorch did: `optimizers.py` beside the file. */
const reference: {
  learningRate: number;
  initial: Arrays;
  gradients: Arrays[];
  runs: { options: OptimizerOptions; steps: Arrays[] }[];
} = JSON.parse(
  readFileSync(new URL("../../test/reference/optimizers.json", import.meta.url), "utf8"),
);

const weightsOf = (arrays: Arrays): Weights =>
  new Map(Object.entries(arrays).map(([name, values]) => [name, Float32Array.from(values)]));

const adam = { kind: "adam", beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0 } as const;

test.each(reference.runs)("five steps of $options are PyTorch's", ({ options, steps }) => {
  const weights = weightsOf(reference.initial);
  const state = initialOptimizerState();
  for (const [index, expected] of steps.entries()) {
    optimize(options, state, {
      weights,
      gradients: weightsOf(reference.gradients[index]!),
      learningRate: reference.learningRate,
      decaying: new Set(["matrix"]),
    });
    for (const [name, values] of Object.entries(expected)) {
      for (const [i, value] of values.entries()) {
        expect(Math.abs(weights.get(name)![i]! - value)).toBeLessThan(1e-6);
      }
    }
  }
  expect(state.step).toBe(5);
});

test("the references differ from each other by far more than they are held to", () => {
  const last = reference.runs.map(({ steps }) => steps.at(-1)!["matrix"]![0]!);
  for (const [i, a] of last.entries()) {
    for (const b of last.slice(i + 1)) expect(Math.abs(a - b)).toBeGreaterThan(1e-3);
  }
});

test("a weight with a factor takes steps of so much of the learning rate, and decays by as much", () => {
  const options = { ...adam, kind: "adamw", weightDecay: 0.1 } as const;
  const weights = weightsOf({ slow: [1], fast: [1] });
  optimize(options, initialOptimizerState(), {
    weights,
    gradients: weightsOf({ slow: [3], fast: [3] }),
    learningRate: 0.01,
    factors: new Map([["slow", 0.1]]),
    decaying: new Set(["slow", "fast"]),
  });
  expect(1 - weights.get("fast")![0]!).toBeCloseTo(0.011, 6);
  expect(1 - weights.get("slow")![0]!).toBeCloseTo(0.0011, 6);
});

test("the first step of Adam is the learning rate, against the gradient's sign", () => {
  const weights = weightsOf({ w: [1, 1, 1] });
  optimize(adam, initialOptimizerState(), {
    weights,
    gradients: weightsOf({ w: [1e-3, -50, 0] }),
    learningRate: 0.01,
    decaying: new Set(),
  });
  const [small, large, none] = weights.get("w")!;
  expect(small).toBeCloseTo(0.99, 5);
  expect(large).toBeCloseTo(1.01, 5);
  expect(none).toBe(1);
});

test("Adam finds the minimum of a stretched bowl", () => {
  const weights = weightsOf({ w: [5, -3] });
  const state = initialOptimizerState();
  for (let step = 0; step < 500; step++) {
    const [x, y] = weights.get("w")!;
    const gradients = weightsOf({ w: [2 * (x! - 1), 200 * (y! + 2)] });
    optimize(adam, state, { weights, gradients, learningRate: 0.05, decaying: new Set() });
  }
  expect(weights.get("w")![0]).toBeCloseTo(1, 2);
  expect(weights.get("w")![1]).toBeCloseTo(-2, 2);
});

test("a gradient for a weight that is not there is refused by name", () => {
  const update = { weights: new Map(), learningRate: 1, decaying: new Set<string>() };
  const gradients = weightsOf({ strange: [1] });
  expect(() => optimize(adam, initialOptimizerState(), { ...update, gradients })).toThrow(
    /no weight is named strange/,
  );
});

describe("clipGradientNorm", () => {
  test("scales all gradients to the joint norm and returns the norm before", () => {
    const gradients = weightsOf({ a: [3, 0], b: [0, 4] });
    expect(clipGradientNorm(gradients, 1)).toBe(5);
    expect([...gradients.get("a")!]).toEqual([Math.fround(0.6), 0]);
    expect([...gradients.get("b")!]).toEqual([0, Math.fround(0.8)]);
  });

  test("leaves smaller ones alone", () => {
    const gradients = weightsOf({ a: [3], b: [4] });
    expect(clipGradientNorm(gradients, 5)).toBe(5);
    expect([gradients.get("a")![0], gradients.get("b")![0]]).toEqual([3, 4]);
  });
});

test("the moving average keeps a share of itself", () => {
  const average = weightsOf({ a: [1], other: [7] });
  averageWeights(average, weightsOf({ a: [3] }), 0.75);
  expect(average.get("a")![0]).toBe(1.5);
  expect(average.get("other")![0]).toBe(7);
  expect(() => averageWeights(average, weightsOf({ b: [1] }), 0.5)).toThrow(/named b/);
});
