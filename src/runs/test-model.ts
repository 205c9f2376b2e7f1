import { basename, join } from "node:path";
import { corporaIn, speakersOf, type Clip } from "../datasets/manifest.ts";
import { noteLines } from "../datasets/omissions.ts";
import { readCorpus, type Corpus, type CorpusOptions } from "../datasets/read-corpus.ts";
import { readModelCard, type ModelCard } from "../models/model-card.ts";
import { readModel } from "../recognition/voice-model.node.ts";
import { throwIfCancelled, UndertoneError } from "../shared/errors.ts";
import { ClipClassifier, type ClipWithInputs } from "./predict-clips.ts";
import { contentHash, FeatureCache } from "./feature-cache.ts";
import { readProvenance } from "./provenance.ts";
import type { RunInfo } from "./run-folder.ts";
import { predictionAmong, sharedLabels } from "./shared-labels.ts";
import { assertFreeForTest, testFolderName, writeTest } from "./test-folder.ts";
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

type TestOptions = Pick<
  RunOptions,
  "runtime" | "openEncoder" | "onProgress" | "logger" | "threads" | "signal"
>;

const batchSize = 32;

/**
 * Tests a finished model on a corpus that it was not trained on, among the emotions that both know. Clips that cannot
 * be read are reported and left out. Gives the run folder, which holds one fold, and the corpus's clips.
 * @throws UndertoneError `split-leaks` for a corpus that the model was trained on, `dataset-invalid` when both share
 * fewer than two emotions, `run-invalid` when the folder holds another run, `model-invalid`, `cancelled`
 */
export async function testModel(
  request: TestRequest,
  options: TestOptions,
): Promise<{ readonly runFolder: string; readonly clips: readonly Clip[] }> {
  const startedAt = new Date().toISOString();
  const { bytes } = await readModel(request.model);
  const card = cardOf(bytes, request.model);
  const corpus = await readCorpus(request.data, request.corpusOptions);
  for (const line of noteLines(corpus)) options.logger.info(line);
  const { corpora, recipe, seed } = readProvenance(card);
  assertUnseen(request.model, corpora, corpus);
  const { labels, clips, leftOut } = sharedLabels(card, corpus);
  const runFolder = request.runFolder ?? join("runs", testFolderName(card.name, corpus.corpus));
  const sha256 = contentHash(bytes);
  await assertFreeForTest(runFolder, { corpus: corpus.corpus, sha256 });
  options.logger.info(
    `Model ${card.name}, trained on ${corpora.join(", ") || "what its file does not say"}. ` +
      `Corpus ${corpus.corpus}: ${clips.length} clips of ${speakersOf(clips).length} speakers, labels ${labels.join(", ")}.`,
  );

  const cache = await FeatureCache.open(request.cacheFolder);
  const classifier = await ClipClassifier.open(bytes, card, { ...options, cache });
  const predicted = await predictAll(classifier, clips, options);
  if (predicted.length === 0) {
    const message = `${corpus.root}: none of its ${clips.length} clips can be read. See the warnings above.`;
    throw new UndertoneError("dataset-invalid", message);
  }
  const unreadable = { reason: "cannot be read", count: clips.length - predicted.length };
  const tested = {
    trainedOn: [...corpora],
    knownLabels: [...card.labels],
    sha256,
    leftOut: [...leftOut, unreadable]
      .filter(({ count }) => count > 0)
      .map(({ reason, count }) => ({ reason, count })),
  };
  const info = {
    format: 2 as const,
    name: card.name,
    recipe,
    seed,
    protocol: "cross-corpus",
    folds: [1],
    corpus: corpus.corpus,
    labels: [...labels],
    tested,
    startedAt,
    ...request.facts,
  };
  const test = predicted.map((clip) => predictionAmong(labels, clip, card));
  await writeTest(runFolder, info, { test, temperature: card.temperature });
  return { runFolder, clips };
}

function cardOf(bytes: Uint8Array, path: string): ModelCard {
  try {
    const card = readModelCard(bytes);
    return { ...card, name: card.name || basename(path, ".onnx") };
  } catch (error) {
    if (!(error instanceof UndertoneError)) throw error;
    throw new UndertoneError(error.code, `${path}: ${error.message}`, { cause: error });
  }
}

function assertUnseen(model: string, corpora: readonly string[], data: Corpus): void {
  const corpus = [data.corpus, ...corporaIn(data)].find((name) => corpora.includes(name));
  if (corpus === undefined) return;
  throw new UndertoneError(
    "split-leaks",
    `${model} was trained on ${corpus}: a score would say nothing about unseen speakers. ` +
      '"undertone evaluate" scores its recipe on held-out speakers. ' +
      "For other recordings in a table of that name, rename the table.",
  );
}

/** A clip, and a model's probabilities [its labels] of it. */
interface PredictedClip {
  readonly clip: Clip;
  readonly probabilities: Float32Array;
}

/** Predicts each clip that can be read; closes the model. */
async function predictAll(
  classifier: ClipClassifier,
  clips: readonly Clip[],
  { onProgress, logger, signal }: TestOptions,
): Promise<PredictedClip[]> {
  const predicted: PredictedClip[] = [];
  let batch: ClipWithInputs[] = [];
  try {
    for (const [done, clip] of clips.entries()) {
      throwIfCancelled(signal);
      try {
        batch.push(await classifier.read(clip));
      } catch (error) {
        if (!(error instanceof UndertoneError) || error.code === "disk-full") throw error;
        logger.warn(`${clip.id} is left out. ${error.message}`);
      }
      const isLast = done + 1 === clips.length;
      if (batch.length === batchSize || (isLast && batch.length > 0)) {
        for (const [row, probabilities] of (await classifier.predict(batch)).entries()) {
          predicted.push({ clip: batch[row]!.clip, probabilities });
        }
        batch = [];
      }
      onProgress({ label: "clips", done: done + 1, total: clips.length, unit: "clips" });
    }
  } finally {
    await classifier.close();
  }
  return predicted;
}
