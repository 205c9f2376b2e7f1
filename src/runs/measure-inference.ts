import { loadModel, loadTextModel } from "../models/load-model.ts";
import { readModelCard } from "../models/model-card.ts";
import type { EncoderName } from "../models/speech-encoder.ts";
import { UndertoneError } from "../shared/errors.ts";
import { membersOf } from "./fuse-runs.ts";
import { usesAudio, isFusedRecipe, knownRecipe } from "./recipe.ts";
import { readFoldModel, type RunInfo } from "./run-folder.ts";
import { spokenClip } from "./spoken-clip.ts";
import type { RunOptions } from "./training-request.ts";

/** What a model that usesAudio takes of whoever lets it. */
interface Serving {
  /** Of its files and those of the encoders that it usesAudio through. */
  readonly sizeBytes: number;
  /** From the samples of a clip of three seconds to its probabilities. */
  readonly clipMs: number;
}

/** Encoders are to be opened on one thread, as the model is. */
type ServingOptions = Pick<RunOptions, "runtime" | "openEncoder" | "encoderFile" | "logger">;

/** A model's file, and whether it usesAudio or only reads. */
interface ModelFile {
  readonly bytes: Uint8Array;
  readonly usesAudio: boolean;
}

/**
 * Measures the model of a run's first fold that has one; of a fused run without one those of its members, one after the other.
 * `undefined` for a run that only reads or whose folders hold no model; where a model or its encoder cannot be opened,
 * a warning says why.
 * @throws UndertoneError `cancelled`
 */
export async function measureInference(
  runFolder: string,
  info: Pick<RunInfo, "recipe" | "folds">,
  options: ServingOptions,
): Promise<Serving | undefined> {
  try {
    const models = await modelsOf(runFolder, info);
    return models && (await servingOf(models, options));
  } catch (error) {
    if (!(error instanceof UndertoneError) || error.code === "cancelled") throw error;
    options.logger.warn(`${runFolder}: its size and time are not measured. ${error.message}`);
    return undefined;
  }
}

/** None where one of them is missing. */
async function modelsOf(
  runFolder: string,
  { recipe: content, folds }: Pick<RunInfo, "recipe" | "folds">,
): Promise<ModelFile[] | undefined> {
  const recipe = knownRecipe(content);
  if (recipe === undefined || !usesAudio(recipe)) return undefined;
  const own = await firstModel(runFolder, folds);
  if (own !== undefined) return [{ bytes: own, usesAudio: true }];
  if (!isFusedRecipe(recipe)) return undefined;
  const models: ModelFile[] = [];
  for (const member of membersOf(recipe, runFolder)) {
    const bytes = await firstModel(member.runFolder, folds);
    if (bytes === undefined) return undefined;
    models.push({ bytes, usesAudio: usesAudio(member.recipe) });
  }
  return models;
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

async function servingOf(models: readonly ModelFile[], options: ServingOptions): Promise<Serving> {
  const encoders = new Set<EncoderName>();
  let sizeBytes = 0;
  let clipMs = 0;
  for (const model of models) {
    const { encoders: heard = [] } = model.usesAudio ? readModelCard(model.bytes) : {};
    for (const { name } of heard) encoders.add(name);
    sizeBytes += model.bytes.length;
    clipMs += await (model.usesAudio ? hearingMs : readingMs)(model.bytes, options);
  }
  for (const name of encoders) sizeBytes += (await options.encoderFile(name)).length;
  return { sizeBytes, clipMs };
}

async function hearingMs(
  bytes: Uint8Array,
  { runtime, openEncoder }: ServingOptions,
): Promise<number> {
  const model = await loadModel(bytes, runtime, { threads: 1, openEncoder });
  try {
    const { sampleRate, windowSec } = model.card;
    const window = new Float32Array(Math.round(windowSec * sampleRate));
    window.set(spokenClip(sampleRate).subarray(0, window.length));
    return await medianMs(() => model.judge([window]));
  } finally {
    await model.close();
  }
}

/** A network reads as many words of nothing as of a sentence. */
async function readingMs(bytes: Uint8Array, { runtime }: ServingOptions): Promise<number> {
  const model = await loadTextModel(bytes, runtime, { threads: 1 });
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
