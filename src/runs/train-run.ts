import { assertNoLeakage } from "../datasets/leakage.ts";
import { labelsOf } from "../datasets/manifest.ts";
import { noteLines, omissionProblem } from "../datasets/omissions.ts";
import type { Split } from "../datasets/splits.ts";
import { assertNetworkFits } from "../recipes/rules.ts";
import { UndertoneError } from "../shared/errors.ts";
import { removeLeftovers } from "../shared/files.node.ts";
import { acquireLock } from "../shared/lock.node.ts";
import { digestOf, type ClipExample } from "./clip-example.ts";
import {
  admittedExtraData,
  prepareExtraData,
  readExtraData,
  readNotSpeech,
  readOrdinaryData,
  type ExtraData,
} from "./extra-data.ts";
import { fineTunedParts, type FineTunedParts } from "./fine-tuned-parts.ts";
import { foldData } from "./fold-data.ts";
import type { InitialRun } from "./init-from.ts";
import type { NoiseRecordings } from "./noise-recordings.ts";
import { assertCorpusWeights, chosenFolds, planFolds, splitsOf } from "./planned-folds.ts";
import { prepareExamples } from "./prepare-examples.ts";
import { corpusRecord, readData } from "./read-data.ts";
import { assertSameData, assertSameSplits, existingRun } from "./resume-run.ts";
import type { Calibration } from "./run-calibration.ts";
import {
  corporaOf,
  foldFolder,
  modelFile,
  readFoldModel,
  readFoldState,
  retrained,
  writeRunInfo,
  type RunInfo,
} from "./run-folder.ts";
import { RunProgress } from "./run-progress.ts";
import { trainFold } from "./train-fold.ts";
import { leftOutMessage, planMessage, splitsMessage } from "./training-messages.ts";
import type { RunOptions, TrainingRequest } from "./training-request.ts";

/**
 * Trains the folds of a recipe on a corpus into a run folder; folds that have finished stay as they are. Clips that
 * cannot be read are reported and left out.
 * @throws UndertoneError `run-invalid` when the folder holds another run, `recipe-invalid`, `dataset-invalid`,
 * `split-leaks`, `busy`, and as `trainFold`
 */
export async function trainRun(request: TrainingRequest, options: RunOptions): Promise<void> {
  await trainFolds(await openRun(request, options), options);
}

/**
 * Makes the run folder of a recipe on a corpus, or finds it as it is, and trains nothing. Resolves to the folds that were
 * asked for, which other processes can then train by `trainRun`, each by itself or several at once.
 * @throws UndertoneError as `trainRun`
 */
export async function prepareRun(request: TrainingRequest, options: RunOptions): Promise<number[]> {
  const { folds } = await openRun(request, options);
  return folds.map(({ fold }) => fold);
}

async function openRun(request: TrainingRequest, options: RunOptions): Promise<FoldsToTrain> {
  const { experiment, runFolder } = request;
  await existingRun(request);
  const data = await readData(request.data, experiment, request.corpusOptions);
  for (const line of noteLines(data)) options.logger.info(line);
  const omitted = omissionProblem(data.clips.length, data.leftOut);
  if (omitted !== undefined) options.logger.warn(omitted);
  const extra = await readExtraData(request, data);
  const ordinary = await readOrdinaryData(request.ordinarySpeech ?? [], [data, ...extra]);
  const notSpeech = await readNotSpeech(request, [data, ...extra, ...ordinary]);
  for (const each of [...extra, ...ordinary, ...notSpeech]) {
    for (const line of noteLines(each)) options.logger.info(`Extra data ${each.corpus}: ${line}`);
  }
  const planned = planFolds(experiment, data, request.folds);
  assertCorpusWeights(experiment, [data, ...extra]);
  const parts = await fineTunedParts(experiment, options);
  const expected = data.dimensions ? [] : labelsOf(data.clips);
  await calibrationFor(request, expected);
  const initialRun = await initialRunOf(request);
  const classes = data.dimensions?.length ?? expected.length;
  assertNetworkFits(experiment, { classes, ...parts });
  options.logger.info(`${planMessage(experiment, data, planned)} Folder: ${runFolder}`);

  const noise = await noiseOf(request, options);
  const source = { ...request, noiseRecordings: noise };
  const { examples, labels } = await prepareExamples(data, source, options);
  const audioHashes = new Map(
    examples.flatMap(({ id, audioHash }) => (audioHash ? [[id, audioHash]] : [])),
  );
  const readable = { ...data, clips: examples.map(({ clip }) => clip) };
  const splits = splitsOf(experiment, readable, audioHashes);
  for (const split of splits) assertNoLeakage(split, readable, audioHashes);
  const beside = await prepareExtraData(
    { extra, ordinary, notSpeech },
    { source, labels },
    options,
  );
  const content = {
    ...corpusRecord(data),
    ...(request.corpusOptions?.map && { labelMap: request.corpusOptions.map }),
    corpusSha256: digestOf(examples),
    ...(data.dimensions && { dimensions: [...data.dimensions] }),
    ...(beside.record.length > 0 && { extraData: beside.record }),
    ...(noise && { noise: noise.record }),
    ...(initialRun && { initFrom: initialRun.record }),
  };
  // Looked up again: another process may have started in this folder meanwhile.
  const known = await existingRun(request);
  const info = known ?? newRun(request, { ...content, labels, splits });
  if (known) {
    await assertSameSplits(runFolder, splits);
    assertSameData(runFolder, known, content);
  } else {
    await writeRunInfo(runFolder, info);
  }
  return {
    request,
    info,
    examples: new Map(examples.map((example) => [example.id, example])),
    extra: beside,
    initialRun,
    parts,
    calibration: await calibrationFor(request, labels),
    folds: chosenFolds(splits, request.folds),
  };
}

/** @throws UndertoneError `recipe-invalid` for noise that the recipe does not add */
async function noiseOf(
  { noise = [], experiment: { recipe } }: TrainingRequest,
  { onProgress, logger, signal }: RunOptions,
): Promise<NoiseRecordings | undefined> {
  if (noise.length === 0) return undefined;
  if (recipe.training.augmentation?.snrDb === undefined) {
    throw new UndertoneError(
      "recipe-invalid",
      `The recipe ${recipe.name} adds no noise. Say how much, as in --set training.augmentation.snrDb=[5,30].`,
    );
  }
  const { readNoise } = await import("./noise-recordings.ts");
  const { sampleRate } = recipe.features;
  return readNoise(noise, { sampleRate, onProgress, logger, signal });
}

async function initialRunOf({ initFrom }: TrainingRequest): Promise<InitialRun | undefined> {
  if (initFrom === undefined) return undefined;
  const { readInitialRun } = await import("./init-from.ts");
  return readInitialRun(initFrom);
}

async function calibrationFor(
  { calibrateFrom, experiment }: TrainingRequest,
  labels: readonly string[],
): Promise<Calibration | undefined> {
  if (calibrateFrom === undefined) return undefined;
  const { calibrationOf } = await import("./run-calibration.ts");
  return calibrationOf(calibrateFrom, experiment.recipe, labels);
}

interface RunContent extends Pick<
  RunInfo,
  | "corpus"
  | "corpora"
  | "labelMap"
  | "corpusSha256"
  | "dimensions"
  | "extraData"
  | "initFrom"
  | "noise"
> {
  readonly labels: readonly string[];
  readonly splits: readonly Split[];
}

function newRun(
  { experiment: { recipe }, facts }: TrainingRequest,
  { labels, splits, ...content }: RunContent,
): RunInfo {
  return {
    format: 2,
    name: recipe.name,
    recipe,
    seed: recipe.seed,
    protocol: splits[0]?.protocol ?? recipe.protocol,
    folds: splits.map(({ fold }) => fold),
    ...content,
    labels: [...labels],
    startedAt: new Date().toISOString(),
    ...facts,
  };
}

/** @throws UndertoneError `run-invalid` for a finished fold whose model is missing */
async function hasFinished(
  { experiment, runFolder }: TrainingRequest,
  fold: number,
): Promise<boolean> {
  const folder = foldFolder(runFolder, fold);
  if (!(await readFoldState(folder))) return false;
  if (!experiment.model.architecture || (await readFoldModel(runFolder, fold))) return true;
  throw new UndertoneError(
    "run-invalid",
    `${modelFile(folder)} is missing, though the fold has finished. ${retrained(folder)}`,
  );
}

interface FoldsToTrain {
  readonly request: TrainingRequest;
  readonly info: RunInfo;
  readonly examples: ReadonlyMap<string, ClipExample>;
  readonly extra: ExtraData;
  readonly initialRun: InitialRun | undefined;
  readonly parts: FineTunedParts;
  readonly calibration: Calibration | undefined;
  readonly folds: readonly Split[];
}

async function trainFolds(work: FoldsToTrain, options: RunOptions): Promise<void> {
  const { request, info, examples, parts, calibration } = work;
  const { experiment, runFolder } = request;
  const folds: Split[] = [];
  await removeLeftovers(runFolder);
  for (const split of work.folds) {
    await removeLeftovers(foldFolder(runFolder, split.fold));
    if (await hasFinished(request, split.fold)) continue;
    folds.push(split);
  }
  const clips = new Map(folds.map(({ fold, train }) => [fold, train.length]));
  const { epochs } = experiment.recipe.training;
  const progress = new RunProgress({ clips, epochs }, options.onProgress);
  for (const split of folds) {
    const { fold } = split;
    const release = await acquireLock(`${foldFolder(runFolder, fold)}.lock`);
    try {
      // Another process may have done it since.
      if (await hasFinished(request, fold)) continue;
      const heldOut = [...split.validation, ...split.test].map((id) => examples.get(id)!);
      const admit = (extra: readonly ClipExample[]): ClipExample[] => {
        const { admitted, leftOut } = admittedExtraData(extra, heldOut);
        if (leftOut.length > 0) options.logger.info(leftOutMessage(fold, leftOut));
        return admitted;
      };
      const data = await foldData(split, {
        recipe: experiment.recipe,
        examples,
        extra: admit(work.extra.examples),
        ordinary: admit(work.extra.ordinary),
        notSpeech: work.extra.notSpeech,
      });
      options.logger.info(splitsMessage(fold, data));
      const corpora = info.corpora ?? [info.corpus];
      const initial = await work.initialRun?.weightsFor(split, corpora);
      const provenance = provenanceOf(work, fold);
      await trainFold(
        {
          runFolder,
          experiment,
          labels: info.labels,
          dimensions: info.dimensions,
          split,
          data,
          parts,
          initial,
          calibration,
          provenance,
          ordinaryText: request.ordinaryText,
        },
        { ...options, onStep: (step) => progress.step(fold, step) },
      );
      progress.finish(fold);
    } finally {
      await release();
    }
  }
}

/** What a model card says of its training; nothing of the user's paths. */
function provenanceOf({ request, info }: FoldsToTrain, fold: number): Record<string, unknown> {
  const { versions, machine } = request.facts;
  return {
    corpora: corporaOf(info).filter((corpus) => corpus !== leftOutOf(info, fold)),
    protocol: info.protocol,
    fold,
    seed: info.seed,
    ...(info.noise && { noise: info.noise }),
    recipe: request.experiment.recipe,
    versions,
    machine,
  };
}

/** The corpus that no model of a fold knows: that of its test split, where each fold leaves one out. */
function leftOutOf({ protocol, corpora = [] }: RunInfo, fold: number): string | undefined {
  return protocol === "leave-one-corpus-out" ? corpora[fold - 1] : undefined;
}
