/** What every architecture must do, as tests to be declared beside it. */
import { expect, test } from "vitest";
import { emitModel } from "../../src/graph/emit.ts";
import { nodeRuntime } from "../../src/graph/runtime.node.ts";
import { Session } from "../../src/graph/session.ts";
import { elementCount } from "../../src/graph/tensor.ts";
import { inputTensors, type Architecture } from "../../src/models/definition.ts";
import { initialWeights, Network, type Weights } from "../../src/models/network.ts";
import { Random } from "../../src/shared/random.ts";
import { initialOptimizerState, optimize } from "../../src/training/optimizers.ts";
import { TrainingStep } from "../../src/training/training-step.ts";

type Inputs = Readonly<Record<string, Float32Array>>;

/** Rows of a batch. */
export const batchSize = 8;

/** The rows' words, [batchSize, length]: ids below `vocabulary`, some rows ended by padding. */
export function drawnWords(length: number, vocabulary: number): Float32Array {
  const random = new Random("words");
  return Float32Array.from({ length: batchSize * length }, (_, index) =>
    index % length < length - (Math.floor(index / length) % 4)
      ? 1 + random.integer(vocabulary - 1)
      : 0,
  );
}

/** Values in 0..1 for an input of each row. */
export function drawnInput(name: string, elements: number): Float32Array {
  const random = new Random("input", name);
  return Float32Array.from({ length: batchSize * elements }, () => random.uniform());
}

const adam = { kind: "adam", beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0 } as const;

/**
 * Declares that the network learns one batch by heart, and that, trained, it gives the same logits in
 * training (without dropout), served, and served row by row. `tolerance` is the largest difference between
 * the first two: running variances are unbiased, those of the batch are not.
 */
export function testNetwork(
  architecture: Architecture,
  inputs: Inputs,
  { tolerance = 1e-4, learningRate = 0.01 }: { tolerance?: number; learningRate?: number } = {},
): void {
  const { classes } = architecture;
  const targets = new Float32Array(batchSize * classes);
  for (let row = 0; row < batchSize; row++)
    targets[row * classes + (row % classes)] = 1 / batchSize;

  test("learns one batch by heart, and serves what it learnt to one row as to many", async () => {
    const step = await TrainingStep.compile(nodeRuntime, architecture, { batchSize, threads: 1 });
    const weights = initialWeights(step.network, new Random(1));
    const state = initialOptimizerState();
    const run = () => step.runWithMasks(weights, { inputs, targets }, new Map());
    let result = await run();
    expect(result.loss).toBeGreaterThan(0.5);
    for (let steps = 0; steps < 150 && result.loss > 0.05; steps++) {
      const { gradients } = result;
      optimize(adam, state, { weights, gradients, learningRate, decaying: new Set() });
      result = await run();
    }
    await step.close();
    expect(result.loss).toBeLessThan(0.05);
    for (const [name, values] of result.batchStatistics) weights.set(name, values);
    const [together, ...alone] = await servedLogits(architecture, weights, [
      inputs,
      ...rowsOf(inputs),
    ]);
    expectNear(together!, result.logits, tolerance);
    expectNear(Float32Array.from(alone.flatMap((row) => [...row])), together!, 1e-4);
  });
}

/** Expects each number to be as near to the expected one as `tolerance`. */
export function expectNear(actual: Float32Array, expected: Float32Array, tolerance: number): void {
  expect(actual).toHaveLength(expected.length);
  for (const [index, value] of expected.entries())
    expect(Math.abs(actual[index]! - value)).toBeLessThan(tolerance);
}

/** Each row as a batch of its own. */
function rowsOf(inputs: Inputs): Inputs[] {
  return Array.from({ length: batchSize }, (_, row) =>
    Object.fromEntries(
      Object.entries(inputs).map(([name, data]) => {
        const length = data.length / batchSize;
        return [name, data.slice(row * length, (row + 1) * length)];
      }),
    ),
  );
}

/** Logits of a network as it is served: weights as constants, and as many rows as are fed. */
export async function servedLogits(
  architecture: Architecture,
  weights: Weights,
  batches: readonly Inputs[],
): Promise<Float32Array[]> {
  const logits = architecture.build(new Network("inference"), inputTensors(architecture, 1));
  const model = emitModel({ outputs: { logits }, weights, freeBatch: true });
  const session = await Session.open(nodeRuntime, model, { threads: 1 });
  const results: Float32Array[] = [];
  for (const inputs of batches) {
    const feeds = Object.entries(inputs).map(([name, data]) => {
      const shape = architecture.inputs[name]!;
      return [name, { data, shape: [data.length / elementCount(shape), ...shape] }];
    });
    results.push((await session.run(Object.fromEntries(feeds)))["logits"]!);
  }
  await session.close();
  return results;
}

/** First weights of a network. */
export function firstWeights(architecture: Architecture): Weights {
  const network = new Network("inference");
  architecture.build(network, inputTensors(architecture, 1));
  return initialWeights(network, new Random(1));
}
