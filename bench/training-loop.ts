import { nodeRuntime } from "../src/graph/runtime.node.ts";
import type { Architecture } from "../src/models/architectures.ts";
import { initialWeights } from "../src/models/network.ts";
import { Random } from "../src/shared/random.ts";
import { train, type TrainingOptions } from "../src/training/train.ts";
import { initialTrainingState } from "../src/training/training-state.ts";
import { TrainingStep, type Batch } from "../src/training/training-step.ts";
import { medianSeconds } from "./timing.ts";

interface LoopOptions {
  readonly training: Omit<TrainingOptions, "seed" | "epochs">;
  readonly batchSize: number;
  readonly threads: number;
  readonly seconds: number;
}

/**
 * Examples per second of the training loop as `undertone train` runs it: dropout masks, forward,
 * gradients, optimiser and running statistics. Each epoch here is one step, so that each can be timed.
 */
export async function trainingRate(
  architecture: Architecture,
  batch: Batch,
  { training, batchSize, threads, seconds }: LoopOptions,
): Promise<number> {
  const step = await TrainingStep.compile(nodeRuntime, architecture, { batchSize, threads });
  const weights = initialWeights(step.network, new Random(1, "weights"));
  const epochs = train(step, initialTrainingState(weights, { averaged: false }), {
    data: { stepsPerEpoch: 1, batch: () => batch },
    options: { ...training, seed: 1, epochs: Infinity },
    hooks: {
      validate: () => Promise.resolve(undefined),
      onStep: () => undefined,
    },
  });
  const stepSec = await medianSeconds(() => epochs.next(), seconds);
  await step.close();
  return batchSize / stepSec;
}
