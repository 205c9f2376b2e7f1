import { join } from "node:path";
import type { EncoderName } from "../models/encoder-layers.ts";
import { loadModel, loadTextModel } from "../models/load-model.ts";
import { isTextModel, readModelCard } from "../models/model-card.ts";
import { UndertoneError } from "../shared/errors.ts";
import { readFoldModel, type RunInfo } from "./run-folder.ts";
import { spokenClip } from "./spoken-clip.ts";
import type { RunOptions } from "./training-request.ts";

/** Size and latency of a model. */
interface Inference {
  /** Of its files and those of its pretrained encoders. */
  readonly sizeBytes: number;
  /** From the samples of a clip of three seconds to its probabilities. */
  readonly clipMs: number;
}

/** Encoders are to be opened on one thread, as the model is. */
type InferenceOptions = Pick<
  RunOptions,
  "runtime" | "openEncoder" | "encoderFile" | "openSentenceEncoder" | "logger"
>;

/** A model's file, and whether it takes audio. */
interface ModelFile {
  readonly bytes: Uint8Array;
  readonly usesAudio: boolean;
}

/**
 * Measures the model of a run's first fold that has one; of a combined run without one those of its members, one after the other.
 * `undefined` for a text model or a run without models; where a model or its encoder cannot be opened,
 * a warning says why.
 * @throws UndertoneError `cancelled`
 */
export async function measureInference(
  runFolder: string,
  info: Pick<RunInfo, "folds" | "combined">,
  options: InferenceOptions,
): Promise<Inference | undefined> {
  try {
    const models = await modelsOf(runFolder, info);
    return models && (await inferenceOf(models, options));
  } catch (error) {
    if (!(error instanceof UndertoneError) || error.code === "cancelled") throw error;
    options.logger.warn(`${runFolder}: its size and time are not measured. ${error.message}`);
    return undefined;
  }
}

/** None where one of them is missing. */
async function modelsOf(
  runFolder: string,
  info: Pick<RunInfo, "folds" | "combined">,
): Promise<ModelFile[] | undefined> {
  const own = await firstModel(runFolder, info.folds);
  if (own !== undefined) return isTextModel(own) ? undefined : [{ bytes: own, usesAudio: true }];
  const models: ModelFile[] = [];
  for (const member of info.combined?.members ?? []) {
    const bytes = await firstModel(join(runFolder, member.runFolder), info.folds);
    if (bytes === undefined) return undefined;
    models.push({ bytes, usesAudio: !isTextModel(bytes) });
  }
  return models.some(({ usesAudio }) => usesAudio) ? models : undefined;
}

async function firstModel(
  runFolder: string,
  folds: readonly number[],
): Promise<Uint8Array | undefined> {
  for (const fold of folds) {
    const bytes = await readFoldModel(runFolder, fold);
    if (bytes !== undefined) return bytes;
  }
  return undefined;
}

async function inferenceOf(
  models: readonly ModelFile[],
  options: InferenceOptions,
): Promise<Inference> {
  const encoders = new Set<EncoderName>();
  let sizeBytes = 0;
  let clipMs = 0;
  for (const model of models) {
    const { encoders: layers = [] } = model.usesAudio ? readModelCard(model.bytes) : {};
    for (const { name } of layers) encoders.add(name);
    sizeBytes += model.bytes.length;
    clipMs += await (model.usesAudio ? audioMs : textMs)(model.bytes, options);
  }
  for (const name of encoders) sizeBytes += (await options.encoderFile(name)).length;
  return { sizeBytes, clipMs };
}

async function audioMs(
  bytes: Uint8Array,
  { runtime, openEncoder }: InferenceOptions,
): Promise<number> {
  const model = await loadModel(bytes, runtime, { threads: 1, openEncoder });
  try {
    const { sampleRate, windowSec } = model.card;
    const window = new Float32Array(Math.round(windowSec * sampleRate));
    window.set(spokenClip(sampleRate).subarray(0, window.length));
    return await medianMs(() => model.predict([window]));
  } finally {
    await model.close();
  }
}

/** A network takes as long for no words as for a sentence. */
async function textMs(
  bytes: Uint8Array,
  { runtime, openSentenceEncoder }: InferenceOptions,
): Promise<number> {
  const model = await loadTextModel(bytes, runtime, { threads: 1, openSentenceEncoder });
  try {
    return await medianMs(() => model.probabilities([{ text: "", confidence: 1 }]));
  } finally {
    await model.close();
  }
}

const warmUps = 3;
const repetitions = 21;

async function medianMs(work: () => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  for (let run = 0; run < warmUps + repetitions; run++) {
    const started = performance.now();
    await work();
    if (run >= warmUps) times.push(performance.now() - started);
  }
  return times.toSorted((a, b) => a - b)[repetitions >> 1]!;
}
