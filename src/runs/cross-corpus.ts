import { stat } from "node:fs/promises";
import { basename, resolve } from "node:path";
import { corporaIn, type Clip } from "../datasets/manifest.ts";
import { readUnlabeled } from "../datasets/unlabeled.ts";
import { withTemperature } from "../evaluation/calibration.ts";
import type { Prediction } from "../evaluation/prediction.ts";
import type { StreamScores } from "../evaluation/stream-scores.ts";
import { readModelCard, type ModelCard } from "../models/model-card.ts";
import type { TextModel } from "../recognition/analysis.ts";
import { openWords } from "../recognition/open-engine.node.ts";
import { observeText } from "../recognition/predict-utterance.ts";
import { findVoiceModel, inFile } from "../recognition/voice-model.node.ts";
import { neutralLabel } from "../shared/emotions.ts";
import { UndertoneError } from "../shared/errors.ts";
import { voiceModels } from "../shared/shipped-models.ts";
import { evaluateRun, type EvaluatedRun } from "./evaluate-run.ts";
import { FeatureCache } from "./feature-cache.ts";
import { ClipClassifier } from "./predict-clips.ts";
import { readProvenance } from "./provenance.ts";
import { scoresByReference, type TestReference, type WorldClip } from "./references.ts";
import { calibrationByCorpora } from "./run-calibration.ts";
import { readFoldModel } from "./run-folder.ts";
import { predictAll, readTestedBy, type TestOptions } from "./test-model.ts";

/** Models and runs, and speech that they do not know. */
export interface CrossCorpusRequest {
  /** Models by name or path, and folders of runs of the protocol `leave-one-corpus-out`. */
  readonly systems: readonly string[];
  /** Corpora for the models; a run has its own. */
  readonly data: readonly string[];
  /** Speech without labels, each clip as neutral. */
  readonly ordinarySpeech: readonly string[];
  /** Path of the text model that predicts from transcripts of `data` and `ordinarySpeech`; by default none does. */
  readonly textModel?: string | undefined;
  readonly cacheFolder: string;
}

interface PredictOptions extends TestOptions {
  readonly words: TextModel | undefined;
}

/** Scores of one system on one corpus. */
export interface CrossCorpusResult {
  readonly system: string;
  readonly trainedOn: readonly string[];
  readonly corpus: string;
  readonly isOrdinary: boolean;
  readonly scores: ReadonlyMap<TestReference, StreamScores>;
}

type Card = Pick<ModelCard, "labels" | "neutral" | "ordinary" | "temperature">;

/**
 * Scores models on corpora that they were not trained on, and runs by corpora on the corpus that each fold left out, with each
 * kind of reference.
 * A corpus that a model was trained on is left out for it.
 * @throws UndertoneError `run-invalid`, and as `testModel`
 */
export async function crossCorpus(
  request: CrossCorpusRequest,
  options: TestOptions,
): Promise<CrossCorpusResult[]> {
  const { systems, textModel } = request;
  const words =
    textModel === undefined
      ? undefined
      : await openWords(options.runtime, { ...options, textModel });
  const results: CrossCorpusResult[] = [];
  try {
    for (const system of systems) {
      const isRun = await stat(system).then(
        (info) => info.isDirectory(),
        () => false,
      );
      const score = isRun ? ofRun : ofModel;
      results.push(...(await score(system, request, { ...options, words })));
    }
  } finally {
    await words?.close();
  }
  return results;
}

async function ofModel(
  system: string,
  { data, ordinarySpeech, cacheFolder }: CrossCorpusRequest,
  options: PredictOptions,
): Promise<CrossCorpusResult[]> {
  const { path, bytes } = await findVoiceModel(system);
  const card = await inFile(path, () => readModelCard(bytes));
  const file = { path, bytes, card };
  const { labels } = card;
  const { corpora: trainedOn } = readProvenance(card);
  const shownName = voiceModels.find((shipped) => shipped === system) ?? card.name;
  const cache = await FeatureCache.open(cacheFolder);
  const classifier = await ClipClassifier.open(bytes, card, { ...options, cache });
  const scored = async (corpus: string, clips: readonly Clip[], isOrdinary: boolean) => ({
    system: shownName,
    trainedOn,
    corpus,
    isOrdinary,
    scores: scoresByReference(await predict({ classifier, labels }, clips, options), card),
  });
  const results: CrossCorpusResult[] = [];
  try {
    for (const folder of data) {
      const tested = await unlessSeen(readTestedBy(file, { data: folder }, options), options);
      if (tested) results.push(await scored(tested.corpus, tested.clips, false));
    }
    for (const folder of ordinarySpeech) {
      const speech = await readUnlabeled(folder, neutralLabel);
      if (corporaIn(speech).some((name) => trainedOn.includes(name))) {
        options.logger.info(`${system} was trained on ${speech.corpus}, which is left out for it.`);
        continue;
      }
      results.push(await scored(speech.corpus, speech.clips, true));
    }
  } finally {
    await classifier.close();
  }
  return results;
}

/** Returns nothing, and says why, for a corpus that the model was trained on. */
async function unlessSeen<Tested>(
  reading: Promise<Tested>,
  { logger }: Pick<TestOptions, "logger">,
): Promise<Tested | undefined> {
  return reading.catch((error: unknown) => {
    if (!(error instanceof UndertoneError) || error.code !== "split-leaks") throw error;
    logger.info(`Left out: ${error.message}`);
    return undefined;
  });
}

/** The corpora of a run by corpora, each by the model that did not know it, calibrated by the other folds. */
async function ofRun(
  runFolder: string,
  { ordinarySpeech, cacheFolder }: CrossCorpusRequest,
  options: PredictOptions,
): Promise<CrossCorpusResult[]> {
  const run = await evaluateRun(runFolder);
  const { info, folds } = run;
  const { corpora = [] } = info;
  if (info.protocol !== "leave-one-corpus-out" || folds.length < Math.max(2, corpora.length)) {
    throw new UndertoneError(
      "run-invalid",
      `${runFolder}: not a finished run of the protocol leave-one-corpus-out.`,
    );
  }
  const cards = cardsOf(run);
  const system = basename(resolve(runFolder));
  const results = folds.map(({ fold, uncalibrated }, index): CrossCorpusResult => {
    const card = cards[index]!;
    const clips = uncalibrated.map((clip) => worldClip(withTemperature(clip, card.temperature)));
    const scores = scoresByReference(clips, card);
    const corpus = corpora[fold - 1]!;
    const trainedOn = corpora.filter((name) => name !== corpus);
    return { system, trainedOn, corpus, isOrdinary: false, scores };
  });
  const cache = await FeatureCache.open(cacheFolder);
  for (const folder of ordinarySpeech) {
    const { corpus, clips } = await readUnlabeled(folder, neutralLabel);
    for (const [index, { fold }] of folds.entries()) {
      const bytes = await readFoldModel(runFolder, fold);
      const own = readModelCard(bytes!);
      const classifier = await ClipClassifier.open(bytes!, own, { ...options, cache });
      try {
        const predicted = await predict({ classifier, labels: own.labels }, clips, options);
        const { temperature } = cards[index]!;
        const again = predicted.map((clip) => withTemperature(clip, temperature / own.temperature));
        const trainedOn = corpora.filter((_, other) => other !== fold - 1);
        const scores = scoresByReference(again, cards[index]!);
        results.push({
          system: `${system} without ${corpora[fold - 1]}`,
          trainedOn,
          corpus,
          isOrdinary: true,
          scores,
        });
      } finally {
        await classifier.close();
      }
    }
  }
  return results;
}

/** Of each fold: what the others' predictions calibrate. */
function cardsOf({ info: { labels }, folds }: EvaluatedRun): Card[] {
  return folds.map((own) => {
    const others = folds.filter((fold) => fold !== own);
    return { labels, ...calibrationByCorpora(others, labels) };
  });
}

const worldClip = <P extends Prediction>(prediction: P) => ({ ...prediction, abstained: false });

async function predict(
  { classifier, labels }: { readonly classifier: ClipClassifier } & Pick<Card, "labels">,
  clips: readonly Clip[],
  { words, ...options }: PredictOptions,
): Promise<WorldClip[]> {
  const predicted = await predictAll(classifier, clips, options);
  return Promise.all(
    predicted.map(async ({ clip: { id, speakerId, emotion, transcript }, outputs }) => ({
      ...worldClip({
        id,
        speakerId,
        actual: labels.indexOf(emotion),
        probabilities: [...outputs],
      }),
      words:
        words && transcript
          ? (await observeText({ text: transcript, confidence: 1 }, words)).evidence
          : undefined,
    })),
  );
}
