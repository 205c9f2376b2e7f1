import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { earlyStoppingMetrics, labelScores } from "../evaluation/metrics.ts";
import { nodeRuntime } from "../graph/runtime.node.ts";
import { audioCnn } from "../models/audio-cnn.ts";
import { initialWeights, type Weights } from "../models/network.ts";
import { Random } from "../shared/random.ts";
import { decodeCheckpoint, encodeCheckpoint } from "./checkpoint.ts";
import {
  resultingWeights,
  train,
  type EpochHooks,
  type EpochResult,
  type Scores,
  type TrainingData,
  type TrainingOptions,
} from "./train.ts";
import { initialTrainingState, type TrainingState } from "./training-state.ts";
import { TrainingStep } from "./training-step.ts";

const [rows, frames, classes, batchSize] = [4, 8, 3, 4];
const architecture = audioCnn.architecture!(
  audioCnn.schema.parse({ kind: "audio-cnn", channels: [2], head: "statistics", hidden: 4 }),
  { spectrogram: { rows, frames }, classes },
);
const size = rows * frames;

/** Two batches an epoch: noise, brighter in the rows of its label. */
const data: TrainingData = {
  stepsPerEpoch: 2,
  batch(epoch, step) {
    const random = new Random("batch", epoch, step);
    const targets = new Float32Array(batchSize * classes);
    const features = Float32Array.from({ length: batchSize * size }, () => random.uniform());
    for (let row = 0; row < batchSize; row++) {
      const label = random.integer(classes);
      targets[row * classes + label] = 1 / batchSize;
      features.subarray(row * size + label * frames, row * size + (label + 1) * frames).fill(2);
    }
    return { inputs: { spectrogram: features }, targets };
  },
};

const options: TrainingOptions = {
  seed: 1,
  epochs: 4,
  optimizer: { kind: "adamw", beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.01 },
  learningRate: 0.01,
  schedule: { kind: "cosine", warmUpShare: 0.2, finalShare: 0.01 },
  clipNorm: 1,
  emaDecay: 0.9,
};

let step: TrainingStep;
beforeAll(async () => {
  step = await TrainingStep.compile(nodeRuntime, architecture, { batchSize });
});
afterAll(() => step.close());

const freshState = (averaged = true): TrainingState =>
  initialTrainingState(initialWeights(step.network, new Random(1)), { averaged });

const noScores = { loss: 0, ...labelScores([]) };

/** Scores that depend on the weights, so that what resumes must have the same weights. */
const validate = async (weights: Weights): Promise<Scores> => {
  const loss = [...weights.values()].reduce((sum, values) => sum + Math.abs(values[0]!), 0);
  return { ...noScores, loss, unweightedAverageRecall: 1 / (1 + loss) };
};

interface Run extends Partial<EpochHooks> {
  readonly state?: TrainingState;
  readonly options?: Partial<TrainingOptions>;
  readonly data?: TrainingData;
  /** Called after each epoch. */
  readonly onEpoch?: (result: EpochResult, state: TrainingState) => void;
}

async function runAll(run: Run): Promise<{ state: TrainingState; results: EpochResult[] }> {
  const { state = freshState(), onEpoch, ...hooks } = run;
  const results: EpochResult[] = [];
  const epochs = train(step, state, {
    data: run.data ?? data,
    options: { ...options, ...run.options },
    hooks: { validate, onStep: () => {}, ...hooks },
  });
  for await (const result of epochs) {
    results.push(result);
    onEpoch?.(result, state);
  }
  return { state, results };
}

/** The bytes of a state, but for the time that it took. */
const bytesOf = (state: TrainingState): Uint8Array => encodeCheckpoint({ ...state, seconds: 0 });

test("the same seed twice ends with the same bytes; another seed does not", async () => {
  const [first, second] = [await runAll({}), await runAll({})];
  expect(bytesOf(second.state)).toEqual(bytesOf(first.state));
  const other = await runAll({ options: { seed: 2 } });
  expect(bytesOf(other.state)).not.toEqual(bytesOf(first.state));
});

const resumable: readonly [string, Partial<TrainingOptions>][] = [
  ["with an average and a cosine", {}],
  [
    "on a plateau, keeping the best",
    {
      schedule: { kind: "reduce-on-plateau", factor: 0.5, patience: 1 },
      earlyStopping: { patience: 10, metric: "loss" },
    },
  ],
];

test.each(resumable)(
  "a run resumed after any epoch ends with the same bytes, %s",
  async (_, changed) => {
    const saved: Uint8Array[] = [];
    const whole = await runAll({
      options: changed,
      onEpoch: (_result, state) => saved.push(encodeCheckpoint(state)),
    });
    expect(saved).toHaveLength(4);
    for (const [index, bytes] of saved.entries()) {
      const resumed = await runAll({ options: changed, state: decodeCheckpoint(bytes) });
      expect(resumed.results).toHaveLength(3 - index);
      expect(bytesOf(resumed.state)).toEqual(bytesOf(whole.state));
    }
  },
);

test("the learning rate follows the schedule; steps are reported in order", async () => {
  const seen: string[] = [];
  const { results } = await runAll({
    options: { epochs: 2, schedule: { kind: "step", everyEpochs: 1, factor: 0.1 } },
    onStep: ({ epoch, index }) => seen.push(`${epoch}.${index}`),
  });
  expect(results.map(({ learningRate }) => learningRate)).toEqual([0.01, 0.001]);
  expect(results.map(({ epoch, stopped }) => [epoch, stopped])).toEqual([
    [1, false],
    [2, false],
  ]);
  expect(seen).toEqual(["1.0", "1.1", "2.0", "2.1"]);
});

const mean = (values: number[]): number => values.reduce((a, b) => a + b, 0) / values.length;

test("the loss falls on data that can be learnt", async () => {
  const losses: number[] = [];
  const state = freshState(false);
  await runAll({
    state,
    options: { epochs: 30, learningRate: 0.03, schedule: { kind: "constant" } },
    onStep: ({ result }) => losses.push(result.loss),
  });
  expect(mean(losses.slice(-10))).toBeLessThan(0.8 * mean(losses.slice(0, 4)));
});

const lossesOf = (...losses: number[]): EpochHooks["validate"] => {
  const rest = [...losses];
  return async () => ({ ...noScores, loss: rest.shift()! });
};

describe("early stopping", () => {
  test("stops once `patience` epochs were no better, and keeps the best epoch's weights", async () => {
    const after: Uint8Array[] = [];
    const { state, results } = await runAll({
      state: freshState(false),
      options: {
        epochs: 10,
        emaDecay: undefined,
        earlyStopping: { patience: 2, metric: "loss" },
      },
      validate: lossesOf(3, 1, 2, 1, 0.5),
      onEpoch: (_, { weights }) =>
        after.push(bytesOf(initialTrainingState(weights, { averaged: false }))),
    });
    expect(results.map(({ stopped }) => stopped)).toEqual([false, false, false, true]);
    expect(state.best!.epoch).toBe(2);
    const kept = initialTrainingState(resultingWeights(state), { averaged: false });
    expect(bytesOf(kept)).toEqual(after[1]);
    expect(after[3]).not.toEqual(after[1]);
  });

  test.each(earlyStoppingMetrics)("watches %s, where higher is better", async (metric) => {
    const scores = [0.2, 0.5, 0.4, 0.3, 0.9];
    const { state } = await runAll({
      options: { epochs: 10, earlyStopping: { patience: 2, metric } },
      validate: async () => ({ ...noScores, [metric]: scores.shift()! }),
    });
    expect([state.epoch, state.best!.epoch]).toEqual([4, 2]);
  });

  test("is over when a stopped run is resumed", async () => {
    const earlyStopping = { patience: 1, metric: "loss" } as const;
    const { state } = await runAll({ options: { earlyStopping }, validate: lossesOf(1, 2) });
    expect(state.epoch).toBe(2);
    const { results } = await runAll({ state, options: { earlyStopping } });
    expect(results).toEqual([]);
  });
});

test("without early stopping the average is kept, and without an average the last weights", async () => {
  const averaged = await runAll({ options: { epochs: 1 } });
  expect(resultingWeights(averaged.state)).toBe(averaged.state.average);
  const last = await runAll({ state: freshState(false), options: { epochs: 1 } });
  expect(resultingWeights(last.state)).toBe(last.state.weights);
});

/** The data, with one number replaced in the second epoch. */
const spoilt = (value: number): TrainingData => ({
  stepsPerEpoch: 2,
  batch(epoch, index) {
    const batch = data.batch(epoch, index);
    if (epoch === 1) batch.inputs["spectrogram"]![3] = value;
    return batch;
  },
});

describe("divergence", () => {
  test.each([NaN, Infinity])(
    "a spectrogram with %d stops the run in the epoch that meets it",
    async (value) => {
      const done: number[] = [];
      const run = runAll({ data: spoilt(value), onEpoch: ({ epoch }) => done.push(epoch) });
      await expect(run).rejects.toMatchObject({
        name: "UndertoneError",
        code: "training-diverged",
        message: expect.stringContaining("epoch 2"),
      });
      expect(done).toEqual([1]);
    },
  );

  test("a loss that explodes stops the run", async () => {
    const run = runAll({
      options: { learningRate: 1e6, clipNorm: undefined, schedule: { kind: "constant" } },
    });
    await expect(run).rejects.toMatchObject({ code: "training-diverged" });
  });

  test("a validation loss that is no number stops the run before its epoch can be saved", async () => {
    const done: number[] = [];
    const run = runAll({
      validate: async () => ({ ...noScores, loss: NaN }),
      onEpoch: ({ epoch }) => done.push(epoch),
    });
    await expect(run).rejects.toMatchObject({ code: "training-diverged" });
    expect(done).toEqual([]);
  });
});

test("a signal cancels between steps", async () => {
  const controller = new AbortController();
  let steps = 0;
  const run = runAll({
    signal: controller.signal,
    onStep: () => {
      if (++steps === 3) controller.abort();
    },
  });
  await expect(run).rejects.toMatchObject({ name: "UndertoneError", code: "cancelled" });
  expect(steps).toBe(3);
});

test("a run without validation neither selects nor waits", async () => {
  const { state, results } = await runAll({
    options: { earlyStopping: { patience: 1, metric: "loss" } },
    validate: async () => undefined,
  });
  expect(results).toHaveLength(4);
  expect(state.best).toBeUndefined();
  expect(state.validationLosses).toEqual([]);
});
