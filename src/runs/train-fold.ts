import { createHash } from "node:crypto";
import { rm } from "node:fs/promises";
import type { OnnxFile } from "../graph/import/onnx-file.ts";
import type { Runtime } from "../graph/session.ts";
import { elementCount } from "../graph/tensor.ts";
import type { Architecture } from "../models/architectures.ts";
import { exportBundle } from "../models/bundle.ts";
import { type ModelCard } from "../models/model-card.ts";
import { initialWeights, type Network, type Weights } from "../models/network.ts";
import { UndertoneError } from "../shared/errors.ts";
import { writeFileAtomically } from "../shared/files.node.ts";
import type { Logger } from "../shared/logger.ts";
import { Random } from "../shared/random.ts";
import { initialTrainingState, type TrainingState } from "../training/training-state.ts";
import { resultingWeights, train, type Scores } from "../training/train.ts";
import { TrainingStep } from "../training/training-step.ts";
import type { Adapters } from "./adapters.ts";
import { trainingBatches } from "./batches.ts";
import { classify, epochScores, meanWordWeight } from "./classify.ts";
import { appendMetrics } from "./epoch-metrics.ts";
import { EpochTally } from "./epoch-tally.ts";
import type { FoldData } from "./fold-data.ts";
import { foldFamiliarity } from "./fold-familiarity.ts";
import { evaluateFold, type FoldOutcome } from "./fold-outcome.ts";
import { checkpointFile, readCheckpoint, writeCheckpoint } from "./fold-checkpoint.ts";
import type { Calibration } from "./run-calibration.ts";
import { standardizingWeights } from "./layer-moments.ts";
import { recipeArchitecture } from "./recipe-check.ts";
import { heardLayers, usesAudio, type NetworkRecipe } from "./recipe.ts";
import {
  foldFolder,
  modelFile,
  writeFoldState,
  writeSplit,
  type FoldSplit,
  type FoldState,
} from "./run-folder.ts";
import type { FoldStep } from "./run-progress.ts";
import { inferenceNetwork } from "./inference-network.ts";
import { sharedWeights, type Start } from "./start.ts";
import type { Tunable } from "./tunable.ts";
import { epochMessage, resultMessage } from "./training-messages.ts";

export interface FoldJob {
  readonly runFolder: string;
  readonly recipe: NetworkRecipe;
  readonly labels: readonly string[];
  readonly split: FoldSplit;
  readonly data: FoldData;
  /** The pretrained encoder that a recipe trains on. */
  readonly encoder?: OnnxFile | undefined;
  /** The layers of encoders that the recipe tunes. */
  readonly tunable: Tunable;
  /** What the recipe adds to the weights of encoders. */
  readonly adapters: Adapters;
  /** What another run has learned, to begin with. */
  readonly start: Start | undefined;
  /** In place of one by the fold's validation clips. */
  readonly calibration: Calibration | undefined;
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
  const { recipe, split } = job;
  const folder = foldFolder(job.runFolder, split.fold);
  const architecture = networkOf(job, recipe);
  const parts = { job, folder, architecture };
  await writeSplit(folder, split);
  const { state, parameters } = await runEpochs(parts, options);
  const weights = resultingWeights(state);
  const { scores, wordWeights } = await writeResults(parts, weights, options);
  const fold: FoldState = {
    finished: true,
    epochs: state.epoch,
    seconds: state.seconds,
    ...(state.best === undefined ? {} : { bestEpoch: state.best.epoch }),
    parameters,
    weightsSha256: hashWeights(weights),
    ...(wordWeights && { wordWeights }),
  };
  await writeFoldState(folder, fold);
  await rm(checkpointFile(folder), { force: true });
  options.logger.info(resultMessage(split.fold, fold, scores));
}

function networkOf(
  { labels, data, encoder, tunable }: FoldJob,
  recipe: NetworkRecipe,
): Architecture {
  const vocabulary = data.vocabulary?.size ?? 0;
  return recipeArchitecture(recipe, { classes: labels.length, vocabulary, encoder, tunable });
}

async function runEpochs(
  { job, folder, architecture }: FoldParts,
  options: FoldOptions,
): Promise<{ state: TrainingState; parameters: number }> {
  const { recipe, split } = job;
  const { examples } = job.data;
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
    initialTrainingState(firstWeights(job, step.network, { seed, logger }), {
      averaged: training.emaDecay !== undefined,
    });
  const { classes } = architecture;
  const data = trainingBatches(examples, recipe, { ...architecture, seed });
  const tally = new EpochTally(classes);
  const validate = async (weights: Weights): Promise<Scores | undefined> => {
    if (examples.validation.length === 0) return undefined;
    const classifying = { runtime, architecture, weights, threads };
    return epochScores(await classify(examples.validation, classifying), classes);
  };
  const { clips } = data;
  const epochs = train(step, state, {
    data,
    options: { ...training, seed },
    hooks: {
      signal,
      validate,
      onStep({ epoch, index, batch, result }) {
        tally.add(batch, result);
        const seen = Math.min(1, ((index + 1) * training.batchSize) / clips);
        const own = Math.round(seen * examples.train.length);
        options.onStep({ epoch, clips: own, loss: result.loss });
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

/** What is drawn, or learned by the run to start from, and by which moments an encoder's layers are standardized. */
function firstWeights(
  { recipe, data, start, split }: FoldJob,
  network: Network,
  { seed, logger }: { readonly seed: number; readonly logger: Logger },
): Weights {
  const known = start ? sharedWeights(network, start) : new Map();
  if (start) {
    const counts = `${known.size} of ${network.weights.size} arrays of weights`;
    logger.info(`Fold ${split.fold} begins with ${counts} of ${start.name}.`);
  }
  const originals = data.examples.train.map(({ variants }) => variants[0]);
  return new Map([
    ...initialWeights(network, new Random(seed, "weights")),
    ...known,
    ...standardizingWeights(originals, heardLayers(recipe).encoders),
  ]);
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

/** Writes what the final weights say of the fold's sides, and the model file. */
async function writeResults(
  { job, folder, architecture }: FoldParts,
  weights: Weights,
  { runtime, threads }: FoldOptions,
): Promise<FoldOutcome & Pick<FoldState, "wordWeights">> {
  const { recipe, labels, data, provenance, adapters } = job;
  const classifying = { runtime, architecture, weights, threads };
  const outcome = await evaluateFold(folder, job, (examples) => classify(examples, classifying));
  const { temperature, neutral } = job.calibration ?? outcome;
  const familiar = await foldFamiliarity(data.examples, classifying);
  const model = exportBundle({
    ...inferenceNetwork({
      recipe,
      adapters,
      weights,
      architectureOf: (served) => networkOf(job, served),
    }),
    frontEnd: recipe.features,
    ...(data.vocabulary && { vocabulary: data.vocabulary.words }),
    familiar,
    weights,
    card: {
      name: recipe.name,
      labels,
      temperature,
      ...(usesAudio(recipe) && neutral && { neutral }),
      provenance,
    },
  });
  await writeFileAtomically(modelFile(folder), model);
  const wordWeights = await wordWeightsOf(data, classifying);
  return { ...outcome, ...(wordWeights && { wordWeights }) };
}

/** What a gated network makes of words on the test side and under each condition. */
async function wordWeightsOf(
  { examples, robustnessTests }: FoldData,
  classifying: Parameters<typeof meanWordWeight>[1],
): Promise<FoldState["wordWeights"]> {
  const weights: Record<string, number> = {};
  for (const [name, side] of [["test", examples.test] as const, ...robustnessTests]) {
    const weight = await meanWordWeight(side, classifying);
    if (weight !== undefined) weights[name] = weight;
  }
  return Object.keys(weights).length > 0 ? weights : undefined;
}

function hashWeights(weights: Weights): string {
  const hash = createHash("sha256");
  for (const [name, { buffer, byteOffset, byteLength }] of weights) {
    hash.update(name).update(new Uint8Array(buffer, byteOffset, byteLength));
  }
  return hash.digest("hex");
}
