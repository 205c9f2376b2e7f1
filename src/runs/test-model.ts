import { rmdir } from "node:fs/promises";
import { basename, dirname, join, relative } from "node:path";
import { corporaByNames } from "../datasets/importers/names-of-corpora.ts";
import { corporaIn, speakersOf, type Clip } from "../datasets/manifest.ts";
import { noteLines } from "../datasets/omissions.ts";
import { readCorpus, type Corpus, type CorpusOptions } from "../datasets/read-corpus.ts";
import {
  predictsDimensions,
  readDimensionCard,
  readModelCard,
  type DimensionCard,
  type ModelCard,
} from "../models/model-card.ts";
import { inFile, readModel, type ModelFile } from "../recognition/voice-model.node.ts";
import { throwIfCancelled, UndertoneError } from "../shared/errors.ts";
import { makeFolder } from "../shared/files.node.ts";
import { ClipClassifier, type ClipWithInputs, type SoundChange } from "./predict-clips.ts";
import { contentHash, FeatureCache } from "./feature-cache.ts";
import { readProvenance } from "./provenance.ts";
import { modelFile, type RunInfo } from "./run-folder.ts";
import { assertFreeForTest, testFolderName, writeTest } from "./test-folder.ts";
import { testTerms, type PredictedClip, type TestTerms } from "./test-terms.ts";
import type { RunOptions } from "./training-request.ts";

/** A finished model, and a corpus to test it on. */
export interface TestRequest {
  /** Path of the model's file. */
  readonly model: string;
  /** The corpus: a folder, or a table of clips. */
  readonly data: string;
  /** How to read it where it does not tell by itself. */
  readonly corpusOptions?: CorpusOptions | undefined;
  /** By default in `runs/`, by the names of model and corpus. */
  readonly runFolder?: string | undefined;
  /** Where features are kept between runs. */
  readonly cacheFolder: string;
  /** Facts that repeat the test. */
  readonly facts: Pick<RunInfo, "command" | "versions" | "machine">;
}

export type TestOptions = Pick<
  RunOptions,
  "runtime" | "openEncoder" | "onProgress" | "logger" | "threads" | "signal"
>;

const batchSize = 32;

/**
 * Tests a finished model on a corpus that it was not trained on, among the emotions or dimensions that both know. Clips that
 * cannot be read are reported and left out. Gives the run folder, which holds one fold, and the corpus's clips.
 * @throws UndertoneError `split-leaks` for a corpus that the model was trained on, `dataset-invalid` when both share
 * fewer than two emotions and no dimension, `run-invalid` when the folder holds another run, `model-invalid`, `cancelled`
 */
export async function testModel(
  request: TestRequest,
  options: TestOptions,
): Promise<{ readonly runFolder: string; readonly clips: readonly Clip[] }> {
  const startedAt = new Date().toISOString();
  const tested = await readTested(request, options);
  const { card, corpus, clips, sha256 } = tested;
  const runFolder =
    request.runFolder ?? join("runs", testFolderName(shownName(request, card), corpus));
  await assertFreeForTest(runFolder, { corpus, sha256 });
  const predicted = await inFolder(runFolder, async () => {
    const classifier = await openTested(tested, request, options);
    try {
      const found = await predictAll(classifier, clips, options);
      assertSomePredicted(tested, found);
      return found;
    } finally {
      await classifier.close();
    }
  });
  const unreadable = { reason: "cannot be read", count: clips.length - predicted.length };
  const { recipe, seed } = readProvenance(card);
  const info = {
    format: 2 as const,
    name: card.name,
    recipe,
    seed,
    protocol: "cross-corpus",
    folds: [1],
    corpus,
    ...tested.info,
    tested: {
      trainedOn: [...tested.trainedOn],
      ...tested.known,
      sha256,
      leftOut: [...tested.leftOut, unreadable]
        .filter(({ count }) => count > 0)
        .map(({ reason, count }) => ({ reason, count })),
    },
    startedAt,
    ...request.facts,
  };
  await writeTest(runFolder, info, tested.outcomeOf(predicted));
  return { runFolder, clips };
}

/** Does work for a folder that is made before it, so that what cannot be written is told first; none is left without the work. */
async function inFolder<Result>(folder: string, work: () => Promise<Result>): Promise<Result> {
  await makeFolder(folder);
  try {
    return await work();
  } catch (error) {
    await rmdir(folder).catch(() => undefined); // It stays where it holds anything.
    throw error;
  }
}

/** A model's name in those of folders: that of its file, or of its recipe for a model in a run folder. */
export function shownName(
  { model }: Pick<TestRequest, "model">,
  { name }: { readonly name: string },
): string {
  const file = basename(model, ".onnx");
  return file === basename(modelFile(""), ".onnx") ? name : file;
}

/** A model's file and the clips of a corpus to test it on. */
export interface TestedModel extends TestTerms {
  readonly bytes: Uint8Array;
  readonly card: ModelCard | DimensionCard;
  /** Of the model's file. */
  readonly sha256: string;
  readonly trainedOn: readonly string[];
  /** Name and folder of the corpus. */
  readonly corpus: string;
  readonly root: string;
}

/** Reads a model and a corpus, as far as both fit each other. @throws UndertoneError as `testModel` */
export async function readTested(
  { model, ...corpus }: Pick<TestRequest, "model" | "data" | "corpusOptions">,
  options: Pick<TestOptions, "logger">,
): Promise<TestedModel> {
  const file = await readModel(model);
  const card = await inFile(model, () => cardOf(file));
  return readTestedBy({ ...file, card }, corpus, options);
}

/** Reads a corpus for a model that was read before. @throws UndertoneError as `testModel` */
export async function readTestedBy(
  { path, bytes, card }: ModelFile & Pick<TestedModel, "card">,
  { data, corpusOptions }: Pick<TestRequest, "data" | "corpusOptions">,
  { logger }: Pick<TestOptions, "logger">,
): Promise<TestedModel> {
  const corpus = await readCorpus(data, corpusOptions);
  for (const line of noteLines(corpus)) logger.info(line);
  const { corpora: trainedOn } = readProvenance(card);
  assertUnseen(path, trainedOn, corpus);
  const terms = testTerms(card, corpus);
  const { asked, clips } = terms;
  logger.info(
    `Model ${card.name}, trained on ${trainedOn.join(", ") || "what its file does not say"}. ` +
      `Corpus ${corpus.corpus}: ${clips.length} clips of ${speakersOf(clips).length} speakers, ${asked}.`,
  );
  const { corpus: name, root } = corpus;
  return { ...terms, bytes, card, sha256: contentHash(bytes), trainedOn, corpus: name, root };
}

/** Opens the model of a test. @throws UndertoneError `model-invalid`, and what getting an encoder throws */
export async function openTested(
  { bytes, card }: TestedModel,
  { cacheFolder }: Pick<TestRequest, "cacheFolder">,
  options: TestOptions,
): Promise<ClipClassifier> {
  const cache = await FeatureCache.open(cacheFolder);
  return ClipClassifier.open(bytes, card, { ...options, cache });
}

/** @throws UndertoneError `dataset-invalid` where no clip could be read */
export function assertSomePredicted(
  { root, clips }: TestedModel,
  predicted: readonly unknown[],
): void {
  if (predicted.length > 0) return;
  const message = `${root}: none of its ${clips.length} clips can be read. See the warnings above.`;
  throw new UndertoneError("dataset-invalid", message);
}

function cardOf({ path, bytes }: ModelFile): ModelCard | DimensionCard {
  const card = predictsDimensions(bytes) ? readDimensionCard(bytes) : readModelCard(bytes);
  return { ...card, name: card.name || basename(path, ".onnx") };
}

function assertUnseen(model: string, corpora: readonly string[], data: Corpus): void {
  const isSeen = (name: string): boolean => corpora.includes(name);
  const corpus = [data.corpus, ...corporaIn(data)].find(isSeen);
  const root = dirname(data.root);
  const paths = data.clips.map(({ path }) => relative(root, path));
  const byNames = corpus === undefined ? corporaByNames(paths).find(isSeen) : undefined;
  if (corpus === undefined && byNames === undefined) return;
  const why =
    byNames === undefined
      ? "For other recordings in a table of that name, rename the table."
      : `Most clips of ${data.root} are named as those of ${byNames}.`;
  throw new UndertoneError(
    "split-leaks",
    `${model} was trained on ${corpus ?? byNames}: a score would say nothing about unseen speakers. ` +
      `"undertone evaluate" scores its recipe on held-out speakers. ${why}`,
  );
}

interface PredictOptions extends Pick<TestOptions, "onProgress" | "logger" | "signal"> {
  readonly change?: SoundChange | undefined;
}

/** Predicts each clip that can be read, after a change of its sound where there is one. */
export async function predictAll(
  classifier: ClipClassifier,
  clips: readonly Clip[],
  { onProgress, logger, signal, change }: PredictOptions,
): Promise<PredictedClip[]> {
  const predicted: PredictedClip[] = [];
  let batch: ClipWithInputs[] = [];
  for (const [done, clip] of clips.entries()) {
    throwIfCancelled(signal);
    try {
      batch.push(await classifier.read(clip, change));
    } catch (error) {
      if (!(error instanceof UndertoneError) || error.code === "disk-full") throw error;
      logger.warn(`${clip.id} is left out. ${error.message}`);
    }
    const isLast = done + 1 === clips.length;
    if (batch.length === batchSize || (isLast && batch.length > 0)) {
      for (const [row, outputs] of (await classifier.predict(batch)).entries()) {
        predicted.push({ clip: batch[row]!.clip, outputs });
      }
      batch = [];
    }
    onProgress({ label: "clips", done: done + 1, total: clips.length, unit: "clips" });
  }
  return predicted;
}
