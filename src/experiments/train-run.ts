import { assertHonest } from "../datasets/honesty.ts";
import { readCorpus, type Corpus } from "../datasets/read-corpus.ts";
import { makeSplits, type AudioHashes, type Split } from "../datasets/splits.ts";
import type { Runtime } from "../graph/session.ts";
import { emotions } from "../shared/emotions.ts";
import { UndertoneError } from "../shared/errors.ts";
import { acquireLock } from "../shared/lock.node.ts";
import type { Logger, ProgressListener } from "../shared/logger.ts";
import { extractAll, FeatureExtractor, type ClipFeatures } from "./clip-features.ts";
import type { Example } from "./examples.ts";
import { FeatureCache } from "./feature-cache.ts";
import { assertRecipeFits } from "./recipe-check.ts";
import type { Recipe } from "./recipe.ts";
import { assertSameSplits, existingRun } from "./resume-run.ts";
import { foldFolder, readFoldState, writeRunInfo, type RunInfo } from "./run-folder.ts";
import { RunProgress } from "./run-progress.ts";
import { trainFold } from "./train-fold.ts";
import { planMessage, sidesMessage } from "./training-messages.ts";

export interface TrainingRequest {
  readonly recipe: Recipe;
  /** The corpus: a folder, or a table of clips. */
  readonly data: string;
  readonly runFolder: string;
  /** Where features are kept between runs. */
  readonly cacheFolder: string;
  /** Some of the protocol's folds, counted from 1; all where not given. */
  readonly folds?: readonly number[] | undefined;
  /** Goes on with a run that was stopped, or adds folds to it. */
  readonly resume: boolean;
  /** Facts that repeat the run. */
  readonly facts: Pick<RunInfo, "command" | "versions" | "machine">;
}

export interface RunOptions {
  readonly runtime: Runtime;
  readonly onProgress: ProgressListener;
  readonly logger: Logger;
  readonly threads?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Trains the folds of a recipe on a corpus into a run folder; folds that have finished stay as they are.
 * Clips that cannot be read are reported and left out.
 * @throws UndertoneError `run-invalid` when the folder holds another run, `recipe-invalid`, `dataset-invalid`,
 * `split-leaks`, `busy`, and as `trainFold`
 */
export async function trainRun(request: TrainingRequest, options: RunOptions): Promise<void> {
  const { recipe, runFolder } = request;
  await existingRun(request);
  const corpus = await readCorpus(request.data);
  // Known before the sound is read, so that a wrong fold or protocol is told at once.
  const planned = chosenFolds(splitsOf(recipe, corpus), request.folds);
  assertRecipeFits(recipe, {
    classes: new Set(corpus.clips.map(({ emotion }) => emotion)).size,
    validated: planned.every(({ validation }) => validation.length > 0),
  });
  options.logger.info(`${planMessage(recipe, corpus, planned)} Folder: ${runFolder}`);

  const clips = await extractFeatures(request, corpus, options);
  const audioHashes = new Map(clips.map(({ clip, audioHash }) => [clip.id, audioHash]));
  const readable = { ...corpus, clips: clips.map(({ clip }) => clip) };
  const splits = splitsOf(recipe, readable, audioHashes);
  for (const split of splits) assertHonest(split, readable, audioHashes);
  const labels = emotions.filter((emotion) => clips.some(({ clip }) => clip.emotion === emotion));
  // Looked up again: another process may have started in this folder meanwhile.
  const known = await existingRun(request);
  if (known) await assertSameSplits(runFolder, splits);
  else await writeRunInfo(runFolder, newRun(request, { corpus: corpus.corpus, labels, splits }));
  const folds = chosenFolds(splits, request.folds);
  await trainFolds({ request, corpus: corpus.corpus, labels, clips, folds }, options);
}

function splitsOf(recipe: Recipe, corpus: Corpus, audioHashes?: AudioHashes): Split[] {
  const { protocol, seed, validationSpeakers, stratified } = recipe;
  return makeSplits(corpus, protocol, { seed, validationSpeakers, stratified, audioHashes });
}

function chosenFolds(splits: readonly Split[], folds: readonly number[] | undefined): Split[] {
  const known = splits.map(({ fold }) => fold);
  const unknown = folds?.find((fold) => !known.includes(fold));
  if (unknown !== undefined) {
    const has = known.length === 1 ? "only fold 1" : `folds 1 to ${known.length}`;
    throw new UndertoneError("usage", `There is no fold ${unknown}: this protocol has ${has}.`);
  }
  return splits.filter(({ fold }) => folds?.includes(fold) ?? true);
}

async function extractFeatures(
  { recipe, cacheFolder }: TrainingRequest,
  corpus: Corpus,
  { runtime, onProgress, logger, signal }: RunOptions,
): Promise<ClipFeatures[]> {
  const cache = await FeatureCache.open(cacheFolder);
  const extractor = await FeatureExtractor.open(recipe, cache, runtime);
  try {
    const clips = await extractAll(extractor, corpus.clips, {
      onProgress,
      onBadClip: (clip, error) => logger.warn(`${clip.id} is left out. ${error.message}`),
      signal,
    });
    const lost = corpus.clips.length - clips.length;
    if (clips.length === 0) {
      const message = `${corpus.root}: none of its ${lost} clips can be read. See the warnings above.`;
      throw new UndertoneError("dataset-invalid", message);
    }
    if (lost > 0) logger.warn(`${lost} of ${corpus.clips.length} clips are left out.`);
    return clips;
  } finally {
    await extractor.close();
  }
}

interface RunContent {
  readonly corpus: string;
  readonly labels: readonly string[];
  readonly splits: readonly Split[];
}

function newRun(
  { recipe, facts }: TrainingRequest,
  { corpus, labels, splits }: RunContent,
): RunInfo {
  return {
    format: 1,
    name: recipe.name,
    recipe,
    seed: recipe.seed,
    protocol: recipe.protocol,
    folds: splits.map(({ fold }) => fold),
    corpus,
    labels: [...labels],
    startedAt: new Date().toISOString(),
    ...facts,
  };
}

interface FoldsToTrain {
  readonly request: TrainingRequest;
  readonly corpus: string;
  readonly labels: readonly string[];
  readonly clips: readonly ClipFeatures[];
  readonly folds: readonly Split[];
}

async function trainFolds(work: FoldsToTrain, options: RunOptions): Promise<void> {
  const { request, corpus, labels, clips } = work;
  const { recipe, runFolder, facts } = request;
  const { onProgress, ...shared } = options;
  const folds: Split[] = [];
  for (const split of work.folds) {
    if (!(await readFoldState(foldFolder(runFolder, split.fold)))) folds.push(split);
  }
  const trained = new Map(folds.map(({ fold, train }) => [fold, train.length]));
  const progress = new RunProgress({ clips: trained, epochs: recipe.training.epochs }, onProgress);
  const examples = new Map(
    clips.map(({ clip, variants }): [string, Example] => [
      clip.id,
      { utterance: clip, variants, label: labels.indexOf(clip.emotion) },
    ]),
  );
  const side = (ids: readonly string[]): Example[] => ids.map((id) => examples.get(id)!);
  for (const split of folds) {
    const { protocol, fold, train, validation, test } = split;
    const folder = foldFolder(runFolder, fold);
    const release = await acquireLock(`${folder}.lock`);
    try {
      // Another process may have done it since.
      if (await readFoldState(folder)) continue;
      const sides = { train: side(train), validation: side(validation), test: side(test) };
      options.logger.info(sidesMessage(fold, sides));
      const provenance = { corpus, protocol, fold, recipe, ...facts };
      await trainFold(
        { runFolder, recipe, labels, split, examples: sides, provenance },
        { ...shared, onStep: (step) => progress.step(fold, step) },
      );
      progress.finish(fold);
    } finally {
      await release();
    }
  }
}
