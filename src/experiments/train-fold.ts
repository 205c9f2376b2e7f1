import { createHash } from "node:crypto";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { fitTemperature } from "../evaluation/calibration.ts";
import type { Prediction } from "../evaluation/prediction.ts";
import type { Runtime } from "../graph/session.ts";
import { elementCount } from "../graph/tensor.ts";
import type { Architecture } from "../models/architectures.ts";
import { exportBundle, type ModelCard } from "../models/bundle.ts";
import { initialWeights, type Network, type Weights } from "../models/network.ts";
import { UndertoneError } from "../shared/errors.ts";
import { writeFileAtomically } from "../shared/files.node.ts";
import type { Logger } from "../shared/logger.ts";
import { Random } from "../shared/random.ts";
import { initialTrainingState, type TrainingState } from "../training/training-state.ts";
import { resultingWeights, train, type Scores } from "../training/train.ts";
import { TrainingStep } from "../training/training-step.ts";
import { trainingBatches } from "./batches.ts";
import { classify, epochScores } from "./classify.ts";
import { appendMetrics } from "./epoch-metrics.ts";
import { EpochTally } from "./epoch-tally.ts";
import type { FoldExamples } from "./examples.ts";
import { checkpointFile, readCheckpoint, writeCheckpoint } from "./fold-checkpoint.ts";
import { writePredictions } from "./predictions-file.ts";
import { recipeArchitecture } from "./recipe-check.ts";
import type { Recipe } from "./recipe.ts";
import {
  foldFolder,
  writeCalibration,
  writeFoldState,
  writeSplit,
  type FoldSplit,
  type FoldState,
} from "./run-folder.ts";
import type { FoldStep } from "./run-progress.ts";
import { epochMessage, resultMessage } from "./training-messages.ts";

export interface FoldJob {
  readonly runFolder: string;
  readonly recipe: Recipe;
  readonly labels: readonly string[];
  readonly split: FoldSplit;
  readonly examples: FoldExamples;
  readonly provenance: ModelCard["provenance"];
}

export interface FoldOptions {
  readonly runtime: Runtime;
  readonly onStep: (step: FoldStep) => void;
  readonly logger: Logger;
  readonly threads?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

interface FoldParts {
  readonly job: FoldJob;
  readonly folder: string;
  readonly architecture: Architecture;
}

/**
 * Trains one fold from its last checkpoint, or from the start, to its end, and writes what it has to show:
 * metrics of each epoch, predictions, temperature, the model file and, last of all, `fold.json`.
 * @throws UndertoneError `training-diverged`, `checkpoint-invalid`, `cancelled`, `disk-full`
 */
export async function trainFold(job: FoldJob, options: FoldOptions): Promise<void> {
  const { recipe, labels, split } = job;
  const folder = foldFolder(job.runFolder, split.fold);
  const architecture = recipeArchitecture(recipe, labels.length);
  const parts = { job, folder, architecture };
  await writeSplit(folder, split);
  const { state, parameters } = await runEpochs(parts, options);
  const weights = resultingWeights(state);
  const scores = await writeOutcome(parts, weights, options);
  const fold: FoldState = {
    finished: true,
    epochs: state.epoch,
    seconds: state.seconds,
    ...(state.best === undefined ? {} : { bestEpoch: state.best.epoch }),
    parameters,
    weightsSha256: hashWeights(weights),
  };
  await writeFoldState(folder, fold);
  await rm(checkpointFile(folder), { force: true });
  options.logger.info(resultMessage(split.fold, fold, scores));
}

async function runEpochs(
  { job, folder, architecture }: FoldParts,
  options: FoldOptions,
): Promise<{ state: TrainingState; parameters: number }> {
  const { recipe, split, examples } = job;
  const { training } = recipe;
  const { runtime, threads, signal, logger } = options;
  // Folds differ in their random numbers too, so that no draw is shared by all.
  const seed = split.seed * 1000 + split.fold;
  const step = await TrainingStep.compile(runtime, architecture, {
    batchSize: training.batchSize,
    ...(threads === undefined ? {} : { threads }),
  });
  const saved = await readCheckpoint(folder, step.network);
  if (saved) logger.info(`Fold ${split.fold} goes on after epoch ${saved.epoch}.`);
  const state =
    saved ??
    initialTrainingState(initialWeights(step.network, new Random(seed, "weights")), {
      averaged: training.averageDecay !== undefined,
    });
  const { classes } = architecture;
  const data = trainingBatches(examples.train, recipe, { classes, seed });
  const tally = new EpochTally(classes);
  const validate = async (weights: Weights): Promise<Scores | undefined> => {
    if (examples.validation.length === 0) return undefined;
    const classifying = { runtime, architecture, weights, threads };
    return epochScores(await classify(examples.validation, classifying), classes);
  };
  const clips = examples.train.length;
  const epochs = train(step, state, {
    data,
    options: { ...training, seed },
    hooks: {
      signal,
      validate,
      onStep({ epoch, index, batch, result }) {
        tally.add(batch, result);
        const seen = Math.min(clips, (index + 1) * training.batchSize);
        options.onStep({ epoch, clips: seen, loss: result.loss });
      },
    },
  });
  let savedEpoch = state.epoch;
  try {
    for await (const { epoch, learningRate, validation, seconds } of epochs) {
      const trained = tally.take();
      state.seconds += seconds;
      const clipsPerSec = clips / seconds;
      await appendMetrics(folder, {
        epoch,
        learningRate,
        train: trained,
        validation,
        seconds,
        clipsPerSec,
      });
      await writeCheckpoint(folder, state);
      savedEpoch = epoch;
      logger.info(epochMessage(split.fold, { epoch, trained, validation, clipsPerSec }));
    }
  } catch (error) {
    throw isDivergence(error) ? divergence(error, checkpointFile(folder), savedEpoch) : error;
  } finally {
    await step.close();
  }
  return { state, parameters: parameterCount(step.network) };
}

function isDivergence(error: unknown): error is UndertoneError {
  return error instanceof UndertoneError && error.code === "training-diverged";
}

function divergence(cause: UndertoneError, checkpoint: string, epoch: number): UndertoneError {
  const left =
    epoch === 0
      ? "No epoch had finished."
      : `The checkpoint of epoch ${epoch} is kept: ${checkpoint}.`;
  const remedy = "Lower learningRate or set clipNorm in the recipe, and train into another folder.";
  return new UndertoneError(cause.code, `${cause.message} ${left} ${remedy}`, { cause });
}

function parameterCount(network: Network): number {
  return [...network.weights.values()]
    .filter(({ trained }) => trained)
    .reduce((sum, { shape }) => sum + elementCount(shape), 0);
}

interface FoldOutcome {
  readonly validation: Scores | undefined;
  readonly test: Scores | undefined;
}

/** Writes predictions, temperature and model file of the final weights. */
async function writeOutcome(
  { job, folder, architecture }: FoldParts,
  weights: Weights,
  { runtime, threads }: FoldOptions,
): Promise<FoldOutcome> {
  const { recipe, labels, examples } = job;
  const classifying = { runtime, architecture, weights, threads };
  const validation = await classify(examples.validation, classifying);
  const test = await classify(examples.test, classifying);
  await writePredictions(folder, labels, { validation, test });
  const calibration = validation.length > 0 ? fitTemperature(validation) : undefined;
  if (calibration) await writeCalibration(folder, calibration);
  const model = exportBundle({
    architecture,
    frontEnd: recipe.features,
    weights,
    card: {
      name: recipe.name,
      labels,
      temperature: calibration?.temperature ?? 1,
      provenance: job.provenance,
    },
  });
  await writeFileAtomically(join(folder, "model.onnx"), model);
  const scores = (side: readonly Prediction[]): Scores | undefined =>
    side.length > 0 ? epochScores(side, labels.length) : undefined;
  return { validation: scores(validation), test: scores(test) };
}

function hashWeights(weights: Weights): string {
  const hash = createHash("sha256");
  for (const [name, { buffer, byteOffset, byteLength }] of weights) {
    hash.update(name).update(new Uint8Array(buffer, byteOffset, byteLength));
  }
  return hash.digest("hex");
}
