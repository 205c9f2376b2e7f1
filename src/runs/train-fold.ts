import { createHash } from "node:crypto";
import { rm } from "node:fs/promises";
import { setImmediate } from "node:timers/promises";
import { exportBundle } from "../models/bundle.ts";
import type { Architecture, FitData } from "../models/definition.ts";
import { standardizingWeights } from "../models/layer-statistics.ts";
import type { ModelCard } from "../models/model-card.ts";
import type { Network, Weights } from "../models/network.ts";
import type { OodReference } from "../models/ood-distance.ts";
import { meanLogits } from "../models/speaker-adaptation.ts";
import {
  sentenceEncoderOf,
  speechEncodersOf,
  usesAudio,
  type Experiment,
} from "../recipes/recipe.ts";
import { networkOf } from "../recipes/rules.ts";
import { neutralLabel } from "../shared/emotions.ts";
import type { DimensionScale } from "../shared/dimensions.ts";
import { throwIfCancelled, UndertoneError } from "../shared/errors.ts";
import { writeFileAtomically } from "../shared/files.node.ts";
import { classWeights, labelCounts } from "../training/class-weights.ts";
import { extraDraws } from "../training/extra-draws.ts";
import { fitDistances } from "../training/fit-distances.ts";
import { fitNetwork, type FitProgress } from "../training/fit-network.ts";
import { meanWordWeight, predictExamples } from "../training/predict.ts";
import { resultingWeights } from "../training/train.ts";
import type { ClipExample } from "./clip-example.ts";
import { appendMetrics } from "./epoch-metrics.ts";
import { checkpointFile, readCheckpoint, writeCheckpoint } from "./fold-checkpoint.ts";
import type { FoldData } from "./fold-data.ts";
import { evaluateFold } from "./fold-outcome.ts";
import type { FineTunedParts } from "./fine-tuned-parts.ts";
import type { FirstWeights } from "./init-from.ts";
import type { Calibration } from "./run-calibration.ts";
import {
  foldFolder,
  modelFile,
  writeFoldState,
  writeSplit,
  type FoldSplit,
  type FoldState,
} from "./run-folder.ts";
import { epochMessage, resultMessage } from "./training-messages.ts";
import type { RunOptions } from "./training-request.ts";

/** One fold to train. */
export interface FoldJob {
  readonly runFolder: string;
  readonly experiment: Experiment;
  readonly labels: readonly string[];
  /** What is predicted in place of labels, where the recipe says so. */
  readonly dimensions?: readonly DimensionScale[] | undefined;
  readonly split: FoldSplit;
  readonly data: FoldData;
  readonly parts: FineTunedParts;
  readonly initial: FirstWeights | undefined;
  /** In place of one by the fold's validation clips. */
  readonly calibration: Calibration | undefined;
  readonly provenance: ModelCard["provenance"];
  /** Sentences that are evidence of nothing, for a text model. */
  readonly ordinaryText?: readonly string[] | undefined;
}

type FoldOptions = Pick<RunOptions, "runtime" | "logger" | "onProgress" | "threads" | "signal"> & {
  readonly onStep: (step: FitProgress) => void;
};

/** A trained model of a fold. */
interface Trained extends Pick<FoldState, "epochs" | "seconds" | "bestEpoch" | "parameters"> {
  predict(examples: readonly ClipExample[]): Promise<readonly (readonly number[])[]>;
  /** There where the model can be exported. */
  readonly network?: { readonly architecture: Architecture; readonly weights: Weights };
  readonly oodReference?: OodReference | undefined;
  readonly wordWeights?: FoldState["wordWeights"] | undefined;
}

/**
 * Trains one fold from its last checkpoint, or from the start, to its end, and writes its results: metrics of each epoch,
 * predictions, temperature, the model file and, last of all, `fold.json`.
 * @throws UndertoneError `training-diverged`, `checkpoint-invalid`, `dataset-invalid`, `cancelled`, `disk-full`
 */
export async function trainFold(job: FoldJob, options: FoldOptions): Promise<void> {
  const { experiment, split, data } = job;
  const folder = foldFolder(job.runFolder, split.fold);
  await writeSplit(folder, split);
  const trained = await (experiment.model.fit ? fitModel : trainNetwork)(job, folder, options);
  const { network, oodReference, wordWeights } = trained;
  const { card, ...outcome } = await evaluateTrained(job, folder, trained);
  if (network) {
    const { recipe } = experiment;
    const model = exportBundle({
      ...network,
      frontEnd: recipe.features,
      speechEncoders: speechEncodersOf(experiment),
      sentenceEncoder: sentenceEncoderOf(experiment),
      ...(data.vocabulary && { vocabulary: data.vocabulary.words }),
      oodReference,
      card: {
        name: recipe.name,
        ...(usesAudio(experiment) && { window: recipe.features.window }),
        ...card,
      },
    });
    await writeFileAtomically(modelFile(folder), model);
  }
  const { epochs, seconds, bestEpoch, parameters } = trained;
  const state: FoldState = {
    finished: true,
    epochs,
    seconds,
    ...(bestEpoch !== undefined && { bestEpoch }),
    parameters,
    weightsSha256: network ? hashWeights(network.weights) : hashPredictions(outcome.predictions),
    ...(wordWeights && { wordWeights }),
  };
  await writeFoldState(folder, state);
  await rm(checkpointFile(folder), { force: true });
  options.logger.info(resultMessage(split.fold, state, outcome.scores));
}

/** Writes the predictions of a trained model; returns its scores, and what its model card says of its outputs. */
async function evaluateTrained(job: FoldJob, folder: string, trained: Trained) {
  const { experiment, labels, dimensions, data, calibration, provenance } = job;
  const predict: Trained["predict"] = (examples) => trained.predict(examples);
  if (dimensions) {
    const { evaluateDimensionFold } = await import("./dimension-outcome.ts");
    const outcome = await evaluateDimensionFold(folder, { data, dimensions }, predict);
    const scores = outcome.dimensionScores;
    return { ...outcome, card: { dimensions, provenance: { ...provenance, scores } } };
  }
  const outcome = await evaluateFold(folder, { data, labels }, predict);
  const { temperature, neutral, ordinary } = { ...outcome, ...calibration };
  const ofSpeech = usesAudio(experiment)
    ? { neutral, ordinary }
    : { neutral: await neutralSentences(job, trained, temperature) };
  return { ...outcome, card: { labels, temperature, ...ofSpeech, provenance } };
}

/** Returns what a text model predicts of ordinary sentences on average, where there are some. */
async function neutralSentences(
  { experiment, data, ordinaryText = [] }: FoldJob,
  trained: Trained,
  temperature: number,
): Promise<number[] | undefined> {
  if (ordinaryText.length === 0 || !data.vocabulary) return undefined;
  const { sentenceExamples } = await import("./ordinary-text.ts");
  const examples = sentenceExamples(ordinaryText, data.vocabulary, experiment.recipe);
  const logits = meanLogits(await trained.predict(examples));
  return logits.map((logit) => logit / temperature);
}

/** Returns how many numbers a fold's model predicts of a clip. */
const outputsOf = ({ labels, dimensions }: FoldJob): number => (dimensions ?? labels).length;

/** Trains a network by gradients. */
async function trainNetwork(job: FoldJob, folder: string, options: FoldOptions): Promise<Trained> {
  const { experiment, dimensions, split, data, parts, initial } = job;
  const { recipe } = experiment;
  const { runtime, threads, signal, logger, onStep } = options;
  const vocabulary = data.vocabulary?.size ?? 0;
  const plain = networkOf(experiment, { ...parts, classes: outputsOf(job), vocabulary });
  const architecture = dimensions ? await regressionOf(plain, data) : plain;
  let savedEpoch = 0;
  const fit = {
    architecture,
    examples: data,
    options: recipe.training,
    // Folds differ in their random numbers too, so that no draw is shared by all.
    seed: split.seed * 1000 + split.fold,
    initial: (network: Network): Weights => {
      const known = initial?.(network) ?? new Map();
      if (initial) {
        const counts = `${known.size} of ${network.weights.size} weight tensors`;
        logger.info(`Fold ${split.fold} begins with ${counts} of the run of --init-from.`);
      }
      const originals = data.train.map(({ views }) => views[0]);
      const { encoders = [] } = speechEncodersOf(experiment) ?? {};
      return new Map([...known, ...standardizingWeights(originals, encoders)]);
    },
  };
  try {
    const { state, parameters } = await fitNetwork(fit, {
      runtime,
      threads,
      signal,
      onStep,
      async restore(network) {
        const saved = await readCheckpoint(folder, network);
        if (saved) logger.info(`Resuming fold ${split.fold} at epoch ${saved.epoch + 1}.`);
        savedEpoch = saved?.epoch ?? 0;
        return saved;
      },
      async onEpoch(report, epochState) {
        const { epoch, learningRate, train, validation, seconds, clipsPerSec } = report;
        const metrics = { epoch, learningRate, train, validation, seconds, clipsPerSec };
        await appendMetrics(folder, metrics);
        await writeCheckpoint(folder, epochState);
        savedEpoch = epoch;
        logger.info(epochMessage(split.fold, report));
      },
    });
    const weights = resultingWeights(state);
    const network = { runtime, architecture, weights, threads };
    return {
      predict: (examples) => predictExamples(examples, network),
      network,
      oodReference: dimensions ? undefined : await fitDistances(data, network),
      wordWeights: await wordWeightsOf(data, network),
      epochs: state.epoch,
      seconds: state.seconds,
      bestEpoch: state.best?.epoch,
      parameters,
    };
  } catch (error) {
    throw isDivergence(error) ? divergence(error, checkpointFile(folder), savedEpoch) : error;
  }
}

async function regressionOf(
  architecture: Architecture,
  { train }: FoldData,
): Promise<Architecture> {
  const { regressionNetwork } = await import("../models/regression-network.ts");
  return regressionNetwork(architecture, train);
}

/** Fits a model that is not trained by gradients. */
async function fitModel(
  job: FoldJob,
  _folder: string,
  { runtime, threads, onProgress, signal }: FoldOptions,
): Promise<Trained> {
  const { experiment, labels, dimensions, split, data } = job;
  const { recipe, model } = experiment;
  const started = performance.now();
  const classes = outputsOf(job);
  const weights = exampleWeights(data, recipe.training.extraData, classes);
  const train = [...data.train, ...data.extra];
  const fitData: FitData = {
    train,
    speakers: train.map(({ clip }) => clip.speakerId),
    corpusLabels: corpusLabels(train, classes),
    neutral: labels.indexOf(neutralLabel),
    weights: [
      ...data.train.map(({ label, weight = 1 }) => weight * weights.train[label]!),
      ...data.extra.map(({ label, weight = 1 }) => weight * weights.extra[label]!),
    ],
    notSpeech: data.notSpeech,
    validation: data.validation,
    classes,
    runtime,
    async onIteration({ done, total, iteration }) {
      await setImmediate(); // an interrupt is seen between iterations only
      throwIfCancelled(signal);
      const facts = { fold: String(split.fold), iteration: String(iteration) };
      onProgress({ label: "regression", done, total, unit: "fits", facts });
    },
  };
  const fitted = await (dimensions
    ? model.fitDimensions!(recipe.model, fitData)
    : model.fit!(recipe.model, fitData));
  const network = fitted.weights && {
    architecture: networkOf(experiment, { classes, vocabulary: 0 }),
    weights: fitted.weights,
  };
  return {
    predict: async (examples) =>
      fitted.predict?.(examples) ?? predictExamples(examples, { ...network!, runtime, threads }),
    ...(network && { network }),
    oodReference: fitted.oodReference,
    epochs: 0,
    seconds: (performance.now() - started) / 1000,
    parameters: fitted.parameters,
  };
}

/**
 * Returns the labels that the corpus of each example has, [examples]; `undefined` for those of all, and for speech of one
 * label, whose corpus was not made to tell any apart.
 */
function corpusLabels(
  examples: readonly ClipExample[],
  classes: number,
): (ReadonlySet<number> | undefined)[] {
  const byCorpus = new Map<string, Set<number>>();
  for (const { clip, label } of examples) {
    const corpus = clip.corpus ?? "";
    byCorpus.set(corpus, (byCorpus.get(corpus) ?? new Set()).add(label));
  }
  return examples.map(({ clip }) => {
    const own = byCorpus.get(clip.corpus ?? "")!;
    return own.size > 1 && own.size < classes ? own : undefined;
  });
}

/** Returns how much an example of weight 1 counts in a network's epoch on average, by label: [classes] each. */
function exampleWeights(
  { train, extra }: FoldData,
  { weight, perClip }: Experiment["recipe"]["training"]["extraData"],
  classes: number,
): { readonly train: readonly number[]; readonly extra: readonly number[] } {
  const counts = labelCounts(train, classes);
  const draws = extraDraws(extra, counts, perClip);
  const available = labelCounts(extra, classes);
  const shown = counts.map((count, label) => count + weight * draws.weights[label]!);
  const own = classWeights(counts, 0, shown);
  return {
    train: own,
    extra: own.map(
      (share, label) => (share * weight * draws.weights[label]!) / (available[label]! || 1),
    ),
  };
}

/** Returns the weight that a gated network gives to words in the test split and in each robustness test. */
async function wordWeightsOf(
  { test, robustnessTests }: FoldData,
  network: Parameters<typeof meanWordWeight>[1],
): Promise<FoldState["wordWeights"]> {
  const weights: Record<string, number> = {};
  for (const [name, examples] of [["test", test] as const, ...robustnessTests]) {
    const weight = await meanWordWeight(examples, network);
    if (weight !== undefined) weights[name] = weight;
  }
  return Object.keys(weights).length > 0 ? weights : undefined;
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

function hashWeights(weights: Weights): string {
  const hash = createHash("sha256");
  for (const [name, { buffer, byteOffset, byteLength }] of weights) {
    hash.update(name).update(new Uint8Array(buffer, byteOffset, byteLength));
  }
  return hash.digest("hex");
}

/** Names a model without weights by what it predicts. */
function hashPredictions(predictions: readonly { readonly id: string }[]): string {
  const byId = predictions.map((prediction) => [prediction.id, prediction]);
  return createHash("sha256").update(JSON.stringify(byId)).digest("hex");
}
