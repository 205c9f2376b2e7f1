import { expect, test } from "vitest";
import { drawn, fed, gradientError, valuesOf } from "../../test/finite-differences.ts";
import { batchSize, drawnInput } from "../../test/support/networks.ts";
import { ccc } from "../evaluation/regression.ts";
import { gradients } from "../graph/gradients.ts";
import { nodeRuntime } from "../graph/runtime.node.ts";
import type { Architecture } from "../models/definition.ts";
import type { Example } from "../models/example.ts";
import { dense } from "../models/layers.ts";
import { initialWeights } from "../models/network.ts";
import { regressionNetwork } from "../models/regression-network.ts";
import { Random } from "../shared/random.ts";
import { concordanceLoss, objectiveOf } from "./objective.ts";
import { initialOptimizerState, optimize } from "./optimizers.ts";
import { predictExamples } from "./predict.ts";
import { TrainingStep } from "./training-step.ts";

/** A column of a matrix [rows, 2]. */
const column = (values: ArrayLike<number>, place: number): number[] =>
  Array.from(values).filter((_, index) => index % 2 === place);

test("the concordance loss is 1 minus the mean CCC over the batch", async () => {
  const outputs = drawn("outputs", [10, 2], [1, 5]);
  const targets = drawn("targets", [10, 2], [1, 7]);
  const [loss] = await valuesOf(concordanceLoss(outputs.tensor, targets.tensor), [
    outputs,
    targets,
  ]);
  const each = [0, 1].map((place) =>
    ccc(column(targets.values, place), column(outputs.values, place)),
  );
  expect(loss).toBeCloseTo(1 - (each[0]! + each[1]!) / 2, 5);
});

test("the gradient of the concordance loss agrees with differences", async () => {
  const outputs = drawn("outputs", [6, 3]);
  const targets = drawn("targets", [6, 3], [-1, 2]);
  const loss = concordanceLoss(outputs.tensor, targets.tensor);
  expect(await gradientError(loss, [outputs], [targets])).toBeLessThan(1e-3);
});

test("a batch in which nothing varies has a loss of 1 and finite gradients", async () => {
  const outputs = fed("outputs", [4, 1], [2, 2, 2, 2]);
  const targets = fed("targets", [4, 1], [2, 2, 2, 2]);
  const loss = concordanceLoss(outputs.tensor, targets.tensor);
  expect(await valuesOf(loss, [outputs, targets])).toEqual([1]);
  const [gradient] = gradients(loss, [outputs.tensor]);
  for (const slope of await valuesOf(gradient!, [outputs, targets])) expect(slope).toBe(0);
});

const width = 12;
const linear = (isPadded: boolean): Architecture => ({
  inputs: { x: [width] },
  classes: 2,
  isPadded,
  build: (network, { x }) => dense(network, "output", { x: x!, units: 2 }),
});

const x = drawnInput("x", width);
const ratings = Float32Array.from({ length: 2 * batchSize }, (_, index) => 1 + ((index * 5) % 7));
const examples = Array.from({ length: batchSize }, (_, row): Example => ({
  id: String(row),
  label: 0,
  dimensions: [...ratings.subarray(2 * row, 2 * row + 2)],
  views: [{ x: x.slice(row * width, (row + 1) * width) }],
}));

test("a network learns one batch by heart, and predicts on the scale of the ratings", async () => {
  const architecture = regressionNetwork(linear(false), examples);
  const step = await TrainingStep.compile(nodeRuntime, architecture, { batchSize, threads: 1 });
  const weights = initialWeights(step.network, new Random(1));
  const state = initialOptimizerState();
  const adam = { kind: "adam", beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0 } as const;
  let loss = Infinity;
  for (let steps = 0; steps < 2000 && loss > 0.01; steps++) {
    const batch = { inputs: { x }, targets: ratings };
    const result = await step.runWithMasks(weights, batch, new Map());
    const { gradients: slopes } = result;
    optimize(adam, state, { weights, gradients: slopes, learningRate: 0.03, decaying: new Set() });
    ({ loss } = result);
  }
  await step.close();
  expect(loss).toBeLessThan(0.01);
  const predicted = await predictExamples(examples, {
    runtime: nodeRuntime,
    architecture,
    weights,
    threads: 1,
  });
  expect(objectiveOf(architecture).score(examples, predicted).loss).toBeCloseTo(loss, 2);
  for (const [row, values] of predicted.entries()) {
    for (const [index, value] of values.entries()) {
      expect(Math.abs(value - examples[row]!.dimensions![index]!)).toBeLessThan(1);
    }
  }
});

test("the loss of a batch of rows of many lengths is that of the whole batch", async () => {
  const rows = 20; // more than go through the graph together otherwise
  const input = Float32Array.from({ length: rows * width }, (_, index) =>
    index % width <= Math.floor(index / width) % width ? ((index * 37) % 64) / 16 - 2 : 0,
  );
  const targets = Float32Array.from({ length: 2 * rows }, (_, index) => (index * 3) % 5);
  const losses: number[] = [];
  for (const isPadded of [false, true]) {
    const architecture = regressionNetwork(linear(isPadded), examples);
    const options = { batchSize: rows, threads: 1 };
    const step = await TrainingStep.compile(nodeRuntime, architecture, options);
    const weights = initialWeights(step.network, new Random(1));
    const batch = { inputs: { x: input }, targets };
    losses.push((await step.runWithMasks(weights, batch, new Map())).loss);
    await step.close();
  }
  expect(losses[1]).toBeCloseTo(losses[0]!, 5);
});
