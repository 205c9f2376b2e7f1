import { assertHonest } from "../datasets/honesty.ts";
import { readCorpus, type Corpus } from "../datasets/read-corpus.ts";
import { makeSplits, type Split } from "../datasets/splits.ts";
import { emotions } from "../shared/emotions.ts";
import { UndertoneError } from "../shared/errors.ts";
import { acquireLock } from "../shared/lock.node.ts";
import type { Example } from "./batches.ts";
import { extractAll, FeatureExtractor, type ClipFeatures } from "./clip-features.ts";
import { FeatureCache } from "./feature-cache.ts";
import type { Recipe } from "./recipe.ts";
import {
  foldFolder,
  readFoldState,
  readRunInfo,
  writeRunInfo,
  type RunInfo,
} from "./run-folder.ts";
import { trainFold, type FoldOptions } from "./train-fold.ts";

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

export interface RunOptions extends FoldOptions {
  readonly onWarning: (message: string) => void;
}

/**
 * Trains the folds of a recipe on a corpus into a run folder; folds that have finished stay as they are.
 * Clips that cannot be read are reported and left out.
 * @throws UndertoneError `run-invalid` when the folder holds another run, `split-leaks`, `busy`, and as `trainFold`
 */
export async function trainRun(request: TrainingRequest, options: RunOptions): Promise<void> {
  const { recipe, runFolder } = request;
  const known = await existingRun(request);
  const corpus = await readCorpus(request.data);
  const clips = await extractFeatures(request, corpus, options);
  const labels = emotions.filter((emotion) => clips.some(({ clip }) => clip.emotion === emotion));
  const splits = honestSplits(recipe, corpus, clips);
  const folds = chosenFolds(splits, request.folds);
  await writeRunInfo(
    runFolder,
    known ?? newRun(request, { corpus: corpus.corpus, labels, splits }),
  );
  const examples = new Map(
    clips.map((features): [string, Example] => [
      features.clip.id,
      { features, label: labels.indexOf(features.clip.emotion) },
    ]),
  );
  const side = (ids: readonly string[]): Example[] => ids.flatMap((id) => examples.get(id) ?? []);
  for (const split of folds) {
    const folder = foldFolder(runFolder, split.fold);
    if (await readFoldState(folder)) continue;
    const release = await acquireLock(`${folder}.lock`);
    try {
      const { train, validation, test } = split;
      const { corpus: name } = corpus;
      await trainFold(
        {
          runFolder,
          recipe,
          labels,
          split,
          examples: { train: side(train), validation: side(validation), test: side(test) },
          provenance: {
            corpus: name,
            protocol: split.protocol,
            fold: split.fold,
            recipe,
            ...request.facts,
          },
        },
        options,
      );
    } finally {
      await release();
    }
  }
}

/** The run that the folder holds already, if it is the same run and may go on. */
async function existingRun({
  recipe,
  runFolder,
  resume,
}: TrainingRequest): Promise<RunInfo | undefined> {
  const known = await readRunInfo(runFolder).catch((error: unknown) => {
    if (error instanceof UndertoneError && error.code === "file-not-found") return undefined;
    throw error;
  });
  if (known === undefined) return undefined;
  if (!resume) {
    throw new UndertoneError(
      "run-invalid",
      `${runFolder} holds a run already. Go on with it by --resume, or choose another folder by --out.`,
    );
  }
  if (JSON.stringify(known.recipe) !== JSON.stringify(recipe)) {
    throw new UndertoneError(
      "run-invalid",
      `${runFolder} was started with another recipe. Choose another folder by --out, or bring the recipe back.`,
    );
  }
  return known;
}

async function extractFeatures(
  request: TrainingRequest,
  corpus: Corpus,
  options: RunOptions,
): Promise<ClipFeatures[]> {
  const extractor = await FeatureExtractor.open(
    request.recipe,
    new FeatureCache(request.cacheFolder),
    options.runtime,
  );
  try {
    return await extractAll(extractor, corpus.clips, {
      onProgress: options.onProgress,
      onBadClip: (clip, error) => options.onWarning(`${clip.id} is left out. ${error.message}`),
      signal: options.signal,
    });
  } finally {
    await extractor.close();
  }
}

function honestSplits(recipe: Recipe, corpus: Corpus, clips: readonly ClipFeatures[]): Split[] {
  const manifest = { ...corpus, clips: clips.map(({ clip }) => clip) };
  const audioHashes = new Map(clips.map(({ clip, audioHash }) => [clip.id, audioHash]));
  const { protocol, seed, validationSpeakers, stratified } = recipe;
  const splits = makeSplits(manifest, protocol, {
    seed,
    validationSpeakers,
    stratified,
    audioHashes,
  });
  for (const split of splits) assertHonest(split, manifest, audioHashes);
  return splits;
}

function chosenFolds(
  splits: readonly Split[],
  folds: readonly number[] | undefined,
): readonly Split[] {
  return (
    folds?.map((fold) => {
      const split = splits.find((candidate) => candidate.fold === fold);
      if (split) return split;
      throw new UndertoneError(
        "usage",
        `There is no fold ${fold}: this protocol has folds 1 to ${splits.length}.`,
      );
    }) ?? splits
  );
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
