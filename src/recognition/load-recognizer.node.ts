import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { openAudio } from "../audio/load.node.ts";
import { nodeRuntime } from "../graph/runtime.node.ts";
import { loadModel, type EmotionModel } from "../models/load-model.ts";
import { UndertoneError } from "../shared/errors.ts";
import { fileError } from "../shared/files.node.ts";
import type { Analysis } from "./analysis.ts";
import { analyzeRecording } from "./analyze.ts";
import { analyzeSamples, blockSec, type AnalyzeSamplesOptions } from "./analyze-samples.ts";

/** The model that comes with the package. */
export const defaultModelPath = fileURLToPath(
  new URL("../../models/default.onnx", import.meta.url),
);

export interface RecognizerOptions {
  /** Path of a model's `.onnx` file; by default the one that comes with the package. */
  readonly model?: string | undefined;
  /** Threads of one operator; by default one a core. */
  readonly threads?: number | undefined;
}

/** How to analyse a file; what is asked of samples but their rate, which the file says itself. */
export type AnalyzeFileOptions = Omit<AnalyzeSamplesOptions, "sampleRate">;

/** A loaded model that answers for recordings. */
export interface Recognizer {
  readonly labels: readonly string[];
  /**
   * Emotion over time of a sound file of any length and supported format, in bounded memory.
   * @throws UndertoneError `file-not-found`, `file-unreadable`, `audio-*`, `cancelled`
   */
  analyze(path: string, options?: AnalyzeFileOptions): Promise<Analysis>;
  /** Emotion over time of mono samples, -1 to 1, at the rate given. */
  analyze(samples: Float32Array, options: AnalyzeSamplesOptions): Promise<Analysis>;
  /** Frees the model's memory. */
  close(): Promise<void>;
}

async function readModel(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (error) {
    throw fileError(path, error);
  }
}

/**
 * Names a model by its content: the first 12 hexadecimal digits of the SHA-256 of its file.
 * @throws UndertoneError `file-not-found` or `file-unreadable`
 */
export async function modelIdOf(path: string): Promise<string> {
  return createHash("sha256")
    .update(await readModel(path))
    .digest("hex")
    .slice(0, 12);
}

async function openModel(path: string, threads: number | undefined): Promise<EmotionModel> {
  const bytes = await readModel(path);
  try {
    return await loadModel(bytes, nodeRuntime, threads === undefined ? {} : { threads });
  } catch (error) {
    if (!(error instanceof UndertoneError)) throw error;
    throw new UndertoneError(error.code, `${path}: ${error.message}`, { cause: error });
  }
}

function analyzeFile(
  path: string,
  model: EmotionModel,
  { signal, onProgress }: AnalyzeFileOptions,
): Promise<Analysis> {
  const { sampleRate } = model.card;
  const reading = openAudio(path, { sampleRate, blockSec, ...(signal ? { signal } : {}) });
  return analyzeRecording({ blocks: reading, warnings: reading.warnings }, model, {
    signal,
    onProgress,
  });
}

/**
 * Loads a model once, to analyse many recordings with it.
 * @throws UndertoneError `file-not-found`, `file-unreadable` or `model-invalid`
 */
export async function loadRecognizer(options: RecognizerOptions = {}): Promise<Recognizer> {
  const { model: path = defaultModelPath, threads } = options;
  if (threads !== undefined && !(Number.isInteger(threads) && threads > 0)) {
    throw new RangeError(`loadRecognizer: threads must be a whole number above 0, got ${threads}`);
  }
  const model = await openModel(path, threads);
  return {
    labels: model.card.labels,
    analyze: async (
      source: string | Float32Array,
      given: AnalyzeFileOptions | AnalyzeSamplesOptions = {},
    ) => {
      if (typeof source === "string") return analyzeFile(source, model, given);
      if (!(source instanceof Float32Array)) {
        throw new TypeError("analyze: takes a path or a Float32Array of samples from -1 to 1");
      }
      if (!("sampleRate" in given)) {
        throw new TypeError(
          "analyze: samples need their sampleRate: analyze(samples, { sampleRate })",
        );
      }
      return analyzeSamples(source, model, given);
    },
    close: () => model.close(),
  };
}
