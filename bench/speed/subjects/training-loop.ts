import { nodeRuntime } from "../../../src/graph/runtime.node.ts";
import type { Runtime } from "../../../src/graph/session.ts";
import type { Architecture } from "../../../src/models/definition.ts";
import { initialWeights } from "../../../src/models/network.ts";
import { UndertoneError } from "../../../src/shared/errors.ts";
import { Random } from "../../../src/shared/random.ts";
import { train, type TrainingOptions } from "../../../src/training/train.ts";
import { initialTrainingState } from "../../../src/training/training-state.ts";
import { TrainingStep, type Batch } from "../../../src/training/training-step.ts";
import { medianSeconds } from "../measure.ts";

/** What is trained, on the same batch at every step. */
export interface TrainingJob {
  readonly architecture: Architecture;
  readonly batch: Batch;
  readonly batchSize: number;
  readonly training: Omit<TrainingOptions, "seed" | "epochs">;
}

/** The training loop of a job, step by step. */
export interface OpenTraining {
  nextStep(): Promise<unknown>;
  close(): Promise<void>;
}

/**
 * Starts the training loop as `undertone train` runs it: dropout masks, forward, gradients, optimizer and running
 * statistics. All steps are one epoch, whose end costs extra.
 */
export async function openTraining(
  { architecture, batch, batchSize, training }: TrainingJob,
  { threads, runtime = nodeRuntime }: { readonly threads: number; readonly runtime?: Runtime },
): Promise<OpenTraining> {
  const step = await TrainingStep.compile(runtime, architecture, { batchSize, threads });
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
  return {
    nextStep: () => Promise.race([epoch, new Promise<void>((resolve) => (onStep = resolve))]),
    async close() {
      enough.abort();
      await epoch.catch((error: unknown) => {
        if (!(error instanceof UndertoneError) || error.code !== "cancelled") throw error;
      });
      await step.close();
    },
  };
}

/** Examples per second of a job's training loop. */
export async function trainingRate(
  job: TrainingJob,
  { threads, seconds }: { readonly threads: number; readonly seconds: number },
): Promise<number> {
  const training = await openTraining(job, { threads });
  const stepSec = await medianSeconds(() => training.nextStep(), seconds);
  await training.close();
  return job.batchSize / stepSec;
}
