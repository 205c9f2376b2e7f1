import { basename, join } from "node:path";
import { speakersOf, type Clip } from "../datasets/manifest.ts";
import { readCorpus, type Corpus } from "../datasets/read-corpus.ts";
import { readModelCard, type ModelCard } from "../models/model-card.ts";
import { readModel } from "../recognition/voice-model.node.ts";
import { throwIfCancelled, UndertoneError } from "../shared/errors.ts";
import { ClipJudge, type HeardClip } from "./clip-judge.ts";
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
  const corpus = await readCorpus(request.data);
  const { trainedOn, recipe, seed } = readProvenance(card);
  assertUnheard(request.model, trainedOn, corpus);
  const { labels, clips, leftOut } = sharedLabels(card, corpus);
  const runFolder = request.runFolder ?? join("runs", testFolderName(card.name, corpus.corpus));
  const sha256 = contentHash(bytes);
  await assertFreeForTest(runFolder, { corpus: corpus.corpus, sha256 });
  options.logger.info(
    `Model ${card.name}, trained on ${trainedOn.join(", ") || "what its file does not say"}. ` +
      `Corpus ${corpus.corpus}: ${clips.length} clips of ${speakersOf(clips).length} speakers, judged among ${labels.join(", ")}.`,
  );

  const cache = await FeatureCache.open(request.cacheFolder);
  const judge = await ClipJudge.open(bytes, card, { ...options, cache });
  const judged = await judgeAll(judge, clips, options);
  if (judged.length === 0) {
    const message = `${corpus.root}: none of its ${clips.length} clips can be read. See the warnings above.`;
    throw new UndertoneError("dataset-invalid", message);
  }
  const unreadable = { reason: "cannot be read", count: clips.length - judged.length };
  const tested = {
    trainedOn: [...trainedOn],
    knownLabels: [...card.labels],
    sha256,
    leftOut: [...leftOut, unreadable]
      .filter(({ count }) => count > 0)
      .map(({ reason, count }) => ({ reason, count })),
  };
  const info = {
    format: 1 as const,
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
  const test = judged.map((answered) => predictionAmong(labels, answered, card));
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

function assertUnheard(model: string, trainedOn: readonly string[], { corpus }: Corpus): void {
  if (!trainedOn.includes(corpus)) return;
  throw new UndertoneError(
    "split-leaks",
    `${model} was trained on ${corpus}: it knows these speakers, and a score would say nothing about others. ` +
      'How its recipe does on speakers held out, "undertone evaluate" says of its run. ' +
      "For other recordings in a table of that name, rename the table.",
  );
}

interface AnsweredClip {
  readonly clip: Clip;
  /** [the model's labels] */
  readonly answer: Float32Array;
}

/** What the model says of each clip that can be read; closes the model. */
async function judgeAll(
  judge: ClipJudge,
  clips: readonly Clip[],
  { onProgress, logger, signal }: TestOptions,
): Promise<AnsweredClip[]> {
  const answered: AnsweredClip[] = [];
  let heard: HeardClip[] = [];
  try {
    for (const [done, clip] of clips.entries()) {
      throwIfCancelled(signal);
      try {
        heard.push(await judge.hear(clip));
      } catch (error) {
        if (!(error instanceof UndertoneError) || error.code === "disk-full") throw error;
        logger.warn(`${clip.id} is left out. ${error.message}`);
      }
      const isLast = done + 1 === clips.length;
      if (heard.length === batchSize || (isLast && heard.length > 0)) {
        const answers = await judge.judge(heard);
        answered.push(...answers.map((answer, index) => ({ clip: heard[index]!.clip, answer })));
        heard = [];
      }
      onProgress({ label: "clips", done: done + 1, total: clips.length, unit: "clips" });
    }
  } finally {
    await judge.close();
  }
  return answered;
}
