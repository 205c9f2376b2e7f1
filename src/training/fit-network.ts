import { elementCount } from "../graph/tensor.ts";
import type { Runtime } from "../graph/session.ts";
import type { Architecture } from "../models/definition.ts";
import type { Example } from "../models/example.ts";
import { initialWeights, type Network, type Weights } from "../models/network.ts";
import { Random } from "../shared/random.ts";
import { trainingBatches, type BatchOptions, type TrainingExamples } from "./batches.ts";
import { EpochTally } from "./epoch-tally.ts";
import { objectiveOf } from "./objective.ts";
import { predictExamples } from "./predict.ts";
import { train, type EpochResult, type Scores, type TrainingOptions } from "./train.ts";
import { initialTrainingState, type TrainingState } from "./training-state.ts";
import { TrainingStep } from "./training-step.ts";

/** What a network is fitted to, and how. */
export interface NetworkFit {
  readonly architecture: Architecture;
  readonly examples: TrainingExamples & { readonly validation: readonly Example[] };
  readonly options: BatchOptions & Omit<TrainingOptions, "seed">;
  readonly seed: number;
  /** Weights to begin with in place of random ones. */
  readonly initial: (network: Network) => Weights;
}

/** Where training stands after a step. */
export interface FitProgress {
  /** From 1. */
  readonly epoch: number;
  /** Clips of this epoch seen so far, without extra data. */
  readonly clips: number;
  readonly loss: number;
}

/** An epoch that has ended. */
export interface EpochReport extends EpochResult {
  readonly train: Scores;
  readonly clipsPerSec: number;
}

interface FitHooks {
  readonly runtime: Runtime;
  readonly threads?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Returns the state to continue from, if there is one. */
  readonly restore: (network: Network) => Promise<TrainingState | undefined>;
  readonly onStep: (progress: FitProgress) => void;
  /** Called with the state as it may be saved. */
  readonly onEpoch: (report: EpochReport, state: TrainingState) => Promise<void>;
}

/**
 * Trains a network by gradients from its restored state, or from the start, to its end.
 * @throws UndertoneError `training-diverged`, `cancelled`
 */
export async function fitNetwork(
  { architecture, examples, options, seed, initial }: NetworkFit,
  { runtime, threads, signal, restore, onStep, onEpoch }: FitHooks,
): Promise<{ readonly state: TrainingState; readonly parameters: number }> {
  const { batchSize } = options;
  const step = await TrainingStep.compile(runtime, architecture, {
    batchSize,
    ...(threads === undefined ? {} : { threads }),
  });
  try {
    const { network } = step;
    const weights = (): Weights =>
      new Map([...initialWeights(network, new Random(seed, "weights")), ...initial(network)]);
    const state =
      (await restore(network)) ??
      initialTrainingState(weights(), { averaged: options.emaDecay !== undefined });
    const data = trainingBatches(examples, options, { ...architecture, seed });
    const tally = new EpochTally(architecture);
    const epochs = train(step, state, {
      data,
      options: { ...options, seed },
      hooks: {
        signal,
        async validate(current) {
          const { validation } = examples;
          if (validation.length === 0) return undefined;
          const trained = { runtime, architecture, weights: current, threads };
          const predicted = await predictExamples(validation, trained);
          return objectiveOf(architecture).score(validation, predicted);
        },
        onStep({ epoch, index, batch, result }) {
          tally.add(batch, result);
          const seen = Math.min(1, ((index + 1) * batchSize) / data.clips);
          const clips = Math.round(seen * examples.train.length);
          onStep({ epoch, clips, loss: result.loss });
        },
      },
    });
    for await (const result of epochs) {
      state.seconds += result.seconds;
      const clipsPerSec = data.clips / result.seconds;
      await onEpoch({ ...result, train: tally.take(), clipsPerSec }, state);
    }
    return { state, parameters: parameterCount(network) };
  } finally {
    await step.close();
  }
}

function parameterCount(network: Network): number {
  return [...network.weights.values()]
    .filter(({ trained }) => trained)
    .reduce((sum, { shape }) => sum + elementCount(shape), 0);
}
