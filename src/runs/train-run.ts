import { resolve } from "node:path";
import type { OnnxFile } from "../graph/import/onnx-file.ts";
import { assertNoLeakage } from "../datasets/leakage.ts";
import { labelsOf } from "../datasets/manifest.ts";
import { noteLines } from "../datasets/omissions.ts";
import type { Split } from "../datasets/splits.ts";
import { UndertoneError } from "../shared/errors.ts";
import { acquireLock } from "../shared/lock.node.ts";
import { assertStrangers, corporaOf, gatherAdapters, recordOf, type Adapters } from "./adapters.ts";
import { trainBaselineFold } from "./baseline-fold.ts";
import { assertMembersFit } from "./check-members.ts";
import {
  admittedCompanions,
  assertCompanied,
  gatherCompanions,
  readCompanions,
  type Companions,
} from "./companions.ts";
import { foldData } from "./fold-data.ts";
import { assertSameTest } from "./fold-model.ts";
import { fuseRuns, membersOf, membersOfRun } from "./fuse-runs.ts";
import { gatherMaterial } from "./gather-material.ts";
import { digestOf, type Material } from "./material.ts";
import { chosenFolds, planFolds, splitsOf } from "./planned-folds.ts";
import { readData, type Data } from "./read-data.ts";
import { assertNetworkFits } from "./recipe-check.ts";
import {
  isBaselineRecipe,
  isFusedRecipe,
  isNetworkRecipe,
  startOf,
  teacherOf,
  type FusedRecipe,
} from "./recipe.ts";
import {
  assertSameAdapters,
  assertSameCompanions,
  assertSameCorpus,
  assertSameSplits,
  existingRun,
} from "./resume-run.ts";
import { foldFolder, readFoldState, writeRunInfo, type RunInfo } from "./run-folder.ts";
import { calibrationOf, type Calibration } from "./run-calibration.ts";
import { RunProgress, type FoldStep } from "./run-progress.ts";
import { encoderToTune } from "./sentences.ts";
import { readStart } from "./start.ts";
import { teacherAnswers } from "./teacher.ts";
import { trainFold } from "./train-fold.ts";
import { leftOutMessage, planMessage, sidesMessage } from "./training-messages.ts";
import { gatherTunable, type Tunable } from "./tunable.ts";
import type { RunOptions, TrainingRequest } from "./training-request.ts";

/**
 * Trains the folds of a recipe on a corpus into a run folder; folds that have finished stay as they are.
 * Clips that cannot be read are reported and left out. A late fusion, an ensemble or a recipe with a teacher or a start first
 * trains what is missing of its runs, in folders beside its own.
 * @throws UndertoneError `run-invalid` when the folder holds another run, `recipe-invalid`, `dataset-invalid`,
 * `split-leaks`, `busy`, and as `trainFold`
 */
export async function trainRun(request: TrainingRequest, options: RunOptions): Promise<void> {
  const { recipe, runFolder } = request;
  await existingRun(request);
  if (isFusedRecipe(recipe)) {
    assertCompanionsForAll(recipe, request);
    await trainMembers(recipe, request, options);
    await fuseRuns({ ...request, recipe }, options);
    return;
  }
  assertCompanied(request);
  const data = await readData(request.data, recipe);
  for (const line of noteLines(data)) options.logger.info(line);
  const besides = await readCompanions(request, data);
  const planned = planFolds(recipe, data, request.folds);
  const tunable = await gatherTunable(recipe, options);
  const adapters = await gatherAdapters(recipe);
  assertStrangers(adapters, { corpus: data.corpus, splits: planned });
  const { calibrateFrom } = request;
  const calibrationFor = async (labels: readonly string[]) =>
    calibrateFrom === undefined ? undefined : calibrationOf(calibrateFrom, recipe, labels);
  await calibrationFor(labelsOf(data.clips));
  const gathering = { ...options, adapters };
  assertNetworkFits(recipe, { classes: labelsOf(data.clips).length, tunable });
  await trainForebears(request, { data, planned }, options);
  options.logger.info(`${planMessage(recipe, data, planned)} Folder: ${runFolder}`);

  const materials = await gatherMaterial(data, request, gathering);
  const audioHashes = new Map(
    materials.flatMap(({ utterance, audioHash }) => (audioHash ? [[utterance.id, audioHash]] : [])),
  );
  const readable = { ...data, clips: materials.map(({ utterance }) => utterance) };
  const splits = splitsOf(recipe, readable, audioHashes);
  for (const split of splits) assertNoLeakage(split, readable, audioHashes);
  const labels = labelsOf(readable.clips);
  const companions = await gatherCompanions(besides, { request, labels }, gathering);
  // Looked up again: another process may have started in this folder meanwhile.
  const known = await existingRun(request);
  const { record } = companions;
  const adapted = recordOf(adapters);
  const corpusSha256 = digestOf(materials);
  if (known) {
    assertSameCompanions(runFolder, known, record);
    assertSameAdapters(runFolder, known, adapted);
    await assertSameSplits(runFolder, splits);
    assertSameCorpus(runFolder, known, corpusSha256);
  } else {
    const { corpus } = data;
    const content = { corpus, corpusSha256, companions: record, adapters: adapted, labels, splits };
    await writeRunInfo(runFolder, newRun(request, content));
  }
  const folds = chosenFolds(splits, request.folds);
  const encoder = await encoderToTune(recipe, options);
  const calibration = await calibrationFor(labels);
  const byId = new Map(materials.map((material) => [material.utterance.id, material]));
  const shared = {
    request,
    corpus: data.corpus,
    labels,
    materials: byId,
    tunable,
    adapters,
    encoder,
    calibration,
  };
  await trainFolds({ ...shared, companions, folds }, options);
}

/** Trains what is missing of a recipe's member runs; each is calibrated by its own part of the run that calibrates the whole. */
async function trainMembers(
  recipe: FusedRecipe,
  request: TrainingRequest,
  options: RunOptions,
): Promise<void> {
  const { calibrateFrom, companions } = request;
  await assertMembersFit(recipe, request);
  const calibrating = calibrateFrom === undefined ? [] : await membersOfRun(recipe, calibrateFrom);
  for (const [index, member] of membersOf(recipe, request.runFolder).entries()) {
    if (resolve(member.runFolder) === resolve(request.runFolder)) {
      throw new UndertoneError(
        "usage",
        `${request.runFolder} is where the run of ${member.recipe.name} belongs. Choose another folder by --out.`,
      );
    }
    const calibratedByOwn = calibrating[index]?.runFolder;
    const training = { ...request, ...member, calibrateFrom: calibratedByOwn, resume: true };
    // With companions a finished run is looked into all the same: it may have had others.
    if (companions.length === 0 && (await hasFinished(training))) {
      options.logger.info(`Nothing is left to train in ${member.runFolder}.`);
    } else {
      await trainRun(training, options);
    }
  }
}

/** Trains what is missing of the runs that a recipe learns from. @throws UndertoneError `split-leaks`, and as `trainRun` */
async function trainForebears(
  request: TrainingRequest,
  { data, planned }: { readonly data: Data; readonly planned: readonly Split[] },
  options: RunOptions,
): Promise<void> {
  const { recipe, runFolder, folds, companions } = request;
  if (await hasFinished(request)) return;
  const forebears = [
    { runs: teacherOf(recipe), besides: [] },
    { runs: startOf(recipe), besides: companions },
  ];
  for (const { runs, besides } of forebears) {
    if (!runs) continue;
    for (const member of membersOf(runs, runFolder)) {
      const known = chosenFolds(splitsOf(member.recipe, data), folds);
      for (const [index, split] of planned.entries()) assertSameTest(member, known[index]!, split);
    }
    const own = { ...request, companions: besides, calibrateFrom: undefined };
    await trainMembers(runs, own, options);
  }
}

function assertCompanionsForAll(
  { name, model }: FusedRecipe,
  { companions }: TrainingRequest,
): void {
  if (companions.length === 0 || model.kind === "ensemble") return;
  throw new UndertoneError(
    "usage",
    `${name} fuses a run that usesAudio with one that reads. Train each with its companions first, then fuse without --with.`,
  );
}

/** @throws UndertoneError `run-invalid` when the folder holds another run */
async function hasFinished(request: TrainingRequest): Promise<boolean> {
  const begun = await existingRun(request);
  if (begun === undefined) return false;
  for (const fold of request.folds ?? begun.folds) {
    if (!(await readFoldState(foldFolder(request.runFolder, fold)))) return false;
  }
  return true;
}

interface RunContent {
  readonly corpus: string;
  readonly corpusSha256: string;
  readonly companions: NonNullable<RunInfo["companions"]>;
  readonly adapters: NonNullable<RunInfo["adapters"]>;
  readonly labels: readonly string[];
  readonly splits: readonly Split[];
}

function newRun(
  { recipe, facts }: TrainingRequest,
  { corpus, corpusSha256, companions, adapters, labels, splits }: RunContent,
): RunInfo {
  return {
    format: 1,
    name: recipe.name,
    recipe,
    seed: recipe.seed,
    protocol: splits[0]?.protocol ?? recipe.protocol,
    folds: splits.map(({ fold }) => fold),
    corpus,
    corpusSha256,
    ...(companions.length > 0 && { companions }),
    ...(adapters.length > 0 && { adapters }),
    labels: [...labels],
    startedAt: new Date().toISOString(),
    ...facts,
  };
}

interface FoldsToTrain {
  readonly request: TrainingRequest;
  readonly corpus: string;
  readonly labels: readonly string[];
  readonly materials: ReadonlyMap<string, Material>;
  readonly companions: Companions;
  readonly encoder: OnnxFile | undefined;
  readonly tunable: Tunable;
  readonly adapters: Adapters;
  readonly calibration: Calibration | undefined;
  readonly folds: readonly Split[];
}

async function trainFolds(work: FoldsToTrain, options: RunOptions): Promise<void> {
  const { request, corpus, labels, materials, companions, tunable, adapters } = work;
  const { encoder, calibration } = work;
  const { recipe, runFolder, facts } = request;
  const { onProgress, ...shared } = options;
  const folds: Split[] = [];
  for (const split of work.folds) {
    if (!(await readFoldState(foldFolder(runFolder, split.fold)))) folds.push(split);
  }
  const trained = new Map(folds.map(({ fold, train }) => [fold, train.length]));
  const progress = new RunProgress({ clips: trained, epochs: recipe.training.epochs }, onProgress);
  for (const split of folds) {
    const { protocol, fold } = split;
    const folder = foldFolder(runFolder, fold);
    const release = await acquireLock(`${folder}.lock`);
    try {
      // Another process may have done it since.
      if (await readFoldState(folder)) continue;
      const heldOut = [...split.validation, ...split.test].map((id) => materials.get(id)!);
      const { admitted, leftOut } = admittedCompanions(companions.materials, heldOut);
      if (leftOut.length > 0) options.logger.info(leftOutMessage(fold, leftOut));
      const besides = companions.record.map((companion) => companion.corpus);
      const learner = { request, corpus, companions: besides, labels };
      const learned = [...split.train.map((id) => materials.get(id)!), ...admitted];
      const taught = await teacherAnswers(split, { ...learner, materials: learned }, options);
      const start = await readStart(split, learner);
      const learnedFrom = [...(taught?.trainedOn ?? []), ...(start?.trainedOn ?? [])];
      const source = { recipe, labels, materials, companions: admitted };
      const data = foldData(split, { ...source, ...(taught && { taught: taught.answers }) });
      options.logger.info(sidesMessage(fold, data.examples));
      const adaptedOn = corporaOf(adapters);
      const provenance = {
        corpus,
        ...(besides.length > 0 && { companions: besides }),
        ...(adaptedOn.length > 0 && { adaptedOn }),
        ...(learnedFrom.length > 0 && { taughtOn: [...new Set(learnedFrom)] }),
        protocol,
        fold,
        recipe,
        ...facts,
      };
      const job = { runFolder, labels, split, data, adapters, provenance };
      if (isNetworkRecipe(recipe)) {
        const onStep = (step: FoldStep): void => progress.step(fold, step);
        await trainFold(
          { ...job, recipe, tunable, encoder, start, calibration },
          { ...shared, onStep },
        );
      } else if (isBaselineRecipe(recipe)) {
        const texts = { materials, companions: admitted };
        await trainBaselineFold({ ...job, ...texts, recipe, calibration }, options);
      }
      progress.finish(fold);
    } finally {
      await release();
    }
  }
}
