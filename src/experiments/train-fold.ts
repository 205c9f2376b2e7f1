import { createHash } from "node:crypto";
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { fitTemperature } from "../evaluation/calibration.ts";
import type { Runtime } from "../graph/session.ts";
import { architectureOf, type Architecture } from "../models/architectures.ts";
import { exportBundle, type ModelCard } from "../models/bundle.ts";
import { initialWeights, type Weights } from "../models/network.ts";
import { systemCode, writeFileAtomically } from "../shared/files.node.ts";
import type { ProgressListener } from "../shared/logger.ts";
import { Random } from "../shared/random.ts";
import { decodeCheckpoint, encodeCheckpoint } from "../training/checkpoint.ts";
import { initialTrainingState, type TrainingState } from "../training/training-state.ts";
import { resultingWeights, train, type Scores } from "../training/train.ts";
import { TrainingStep } from "../training/training-step.ts";
import { trainingBatches, type Example } from "./batches.ts";
import { classify, epochScores } from "./classify.ts";
import { appendMetrics } from "./epoch-metrics.ts";
import { EpochTally } from "./epoch-tally.ts";
import { writePredictions } from "./predictions-file.ts";
import type { Recipe } from "./recipe.ts";
import {
  foldFolder,
  writeCalibration,
  writeFoldState,
  writeSplit,
  type FoldSplit,
} from "./run-folder.ts";

/** The examples of a fold's three sides. */
export interface FoldExamples {
  readonly train: readonly Example[];
  readonly validation: readonly Example[];
  readonly test: readonly Example[];
}

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
  readonly onProgress: ProgressListener;
  readonly onEpoch: (line: string) => void;
  readonly threads?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Trains one fold from its last checkpoint, or from the start, to its end, and writes what it has to show:
 * metrics of each epoch, predictions, temperature, the model file and, last of all, `fold.json`.
 * @throws UndertoneError `training-diverged`, `checkpoint-invalid`, `cancelled`, `disk-full`
 */
export async function trainFold(job: FoldJob, options: FoldOptions): Promise<void> {
  const { recipe, labels, split, examples } = job;
  const folder = foldFolder(job.runFolder, split.fold);
  const { nMels, nMfcc, frames } = recipe.features;
  const architecture = architectureOf(recipe.model, {
    rows: nMfcc ?? nMels,
    frames,
    classes: labels.length,
  });
  await writeSplit(folder, split);
  const { state, parameters } = await runEpochs({ job, folder, architecture }, options);

  const weights = resultingWeights(state);
  const classifying = { runtime: options.runtime, architecture, weights, threads: options.threads };
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
  await writeFoldState(folder, {
    finished: true,
    epochs: state.epoch,
    seconds: state.seconds,
    ...(state.best === undefined ? {} : { bestEpoch: state.best.epoch }),
    parameters,
    weightsSha256: hashWeights(weights),
  });
  await rm(join(folder, "checkpoint.bin"), { force: true });
}

interface FoldParts {
  readonly job: FoldJob;
  readonly folder: string;
  readonly architecture: Architecture;
}

async function runEpochs(
  { job, folder, architecture }: FoldParts,
  options: FoldOptions,
): Promise<{ state: TrainingState; parameters: number }> {
  const { recipe, split, examples } = job;
  const { training } = recipe;
  const { runtime, threads, signal } = options;
  // Folds differ in their random numbers too, so that no draw is shared by all.
  const seed = split.seed * 1000 + split.fold;
  const step = await TrainingStep.compile(runtime, architecture, {
    batchSize: training.batchSize,
    ...(threads === undefined ? {} : { threads }),
  });
  const checkpoint = join(folder, "checkpoint.bin");
  const state =
    (await readCheckpoint(checkpoint)) ??
    initialTrainingState(initialWeights(step.network, new Random(seed, "weights")), {
      averaged: training.averageDecay !== undefined,
    });
  const { classes } = architecture;
  const data = trainingBatches(examples.train, recipe, { classes, seed });
  const tally = new EpochTally(classes);
  const validate = async (weights: Weights): Promise<Scores> =>
    epochScores(
      await classify(examples.validation, { runtime, architecture, weights, threads }),
      classes,
    );
  const epochs = train(step, state, {
    data,
    options: { ...training, seed },
    hooks: {
      signal,
      validate,
      onStep({ epoch, index, batch, result }) {
        tally.add(batch, result);
        options.onProgress({
          label: `fold ${split.fold}`,
          done: (epoch - 1) * data.stepsPerEpoch + index + 1,
          total: training.epochs * data.stepsPerEpoch,
          unit: "steps",
          facts: { epoch: `${epoch}/${training.epochs}`, loss: result.loss.toFixed(3) },
        });
      },
    },
  });
  for await (const { epoch, learningRate, validation, seconds } of epochs) {
    const trained = tally.take();
    state.seconds += seconds;
    const clipsPerSec = (data.stepsPerEpoch * training.batchSize) / seconds;
    await appendMetrics(folder, {
      epoch,
      learningRate,
      train: trained,
      validation,
      seconds,
      clipsPerSec,
    });
    await writeFileAtomically(checkpoint, encodeCheckpoint(state));
    options.onEpoch(epochLine(split.fold, { epoch, trained, validation, clipsPerSec }));
  }
  await step.close();
  const trainable = [...step.network.weights.values()].filter(({ trained }) => trained);
  const parameters = trainable.reduce(
    (sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1),
    0,
  );
  return { state, parameters };
}

async function readCheckpoint(path: string): Promise<TrainingState | undefined> {
  const bytes = await readFile(path).catch((error: unknown) => {
    if (systemCode(error) === "ENOENT") return undefined;
    throw error;
  });
  return bytes && decodeCheckpoint(bytes);
}

function hashWeights(weights: Weights): string {
  const hash = createHash("sha256");
  for (const [name, { buffer, byteOffset, byteLength }] of weights) {
    hash.update(name).update(new Uint8Array(buffer, byteOffset, byteLength));
  }
  return hash.digest("hex");
}

interface EpochFacts {
  readonly epoch: number;
  readonly trained: Scores;
  readonly validation: Scores;
  readonly clipsPerSec: number;
}

const scoresText = ({ loss, unweightedAverageRecall }: Scores): string =>
  `loss ${loss.toFixed(3)} UAR ${(100 * unweightedAverageRecall).toFixed(1)}`;

function epochLine(fold: number, { epoch, trained, validation, clipsPerSec }: EpochFacts): string {
  const speed = `${clipsPerSec.toFixed(0)} clips/s`;
  return `fold ${fold} epoch ${epoch}: train ${scoresText(trained)}, validation ${scoresText(validation)}, ${speed}`;
}
