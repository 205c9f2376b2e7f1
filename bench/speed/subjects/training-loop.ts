import { nodeRuntime } from "../../../src/graph/runtime.node.ts";
import type { Architecture } from "../../../src/models/definition.ts";
import { initialWeights } from "../../../src/models/network.ts";
import { UndertoneError } from "../../../src/shared/errors.ts";
import { Random } from "../../../src/shared/random.ts";
import { train, type TrainingOptions } from "../../../src/training/train.ts";
import { initialTrainingState } from "../../../src/training/training-state.ts";
import { TrainingStep, type Batch } from "../../../src/training/training-step.ts";
import { medianSeconds } from "../measure.ts";

interface LoopOptions {
  readonly training: Omit<TrainingOptions, "seed" | "epochs">;
  readonly batchSize: number;
  readonly threads: number;
  readonly seconds: number;
}

/**
 * Examples per second of the training loop as `undertone train` runs it: dropout masks, forward,
 * gradients, optimizer and running statistics. All steps are one epoch, whose end costs extra.
 */
export async function trainingRate(
  architecture: Architecture,
  batch: Batch,
  { training, batchSize, threads, seconds }: LoopOptions,
): Promise<number> {
  const step = await TrainingStep.compile(nodeRuntime, architecture, { batchSize, threads });
  const weights = initialWeights(step.network, new Random(1, "weights"));
  const enough = new AbortController();
  let onStep: (() => void) | undefined;
  const epoch = train(step, initialTrainingState(weights, { averaged: false }), {
    data: { stepsPerEpoch: Infinity, batch: () => batch },
    options: { ...training, seed: 1, epochs: 1 },
    hooks: {
      validate: () => Promise.resolve(undefined),
      onStep: () => onStep?.(),
      signal: enough.signal,
    },
  }).next();
  const nextStep = (): Promise<unknown> =>
    Promise.race([epoch, new Promise<void>((resolve) => (onStep = resolve))]);
  const stepSec = await medianSeconds(nextStep, seconds);
  enough.abort();
  await epoch.catch((error: unknown) => {
    if (!(error instanceof UndertoneError) || error.code !== "cancelled") throw error;
  });
  await step.close();
  return batchSize / stepSec;
}
