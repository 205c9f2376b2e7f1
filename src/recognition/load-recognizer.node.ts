import { createHash } from "node:crypto";
import { openAudio } from "../audio/load.node.ts";
import { nodeRuntime } from "../graph/runtime.node.ts";
import { loadModel, loadTextModel } from "../models/load-model.ts";
import { openTogether } from "../shared/closing.ts";
import { UndertoneError } from "../shared/errors.ts";
import type { Analysis, ChannelModels } from "./analysis.ts";
import { analyzeRecording } from "./analyze.ts";
import { analyzeSamples, blockSec, type AnalyzeSamplesOptions } from "./analyze-samples.ts";
import { enrollSpeaker, type Speaker } from "./enrollment.ts";
import { openEncoder } from "./open-encoder.node.ts";
import {
  findVoiceModel,
  readModel,
  shippedModel,
  type ModelFile,
  type VoiceModel,
} from "./voice-model.node.ts";
import { listenToFile, openSpeech, type FileListener, type SpeechOptions } from "./speech.node.ts";

/** The model that comes with the package and reads. */
export const defaultWordModelPath = shippedModel("words");

export interface RecognizerOptions extends SpeechOptions {
  /**
   * What usesAudio: path of an `.onnx` file, or `default`, `small` or `crema-d`, which come with the package. Without it `default`,
   * whose encoder the first use downloads, or `small` where that cannot be had.
   */
  readonly model?: string | undefined;
  /** Path of the `.onnx` file of a model that reads; by default the one that comes with the package. */
  readonly words?: string | undefined;
  /**
   * Speech-to-text: a provider's name; `true` for the default one, without which the voice alone is judged
   * where it cannot be had; by default `false`, the voice alone. The first use downloads a provider's model.
   */
  readonly speech?: string | boolean | undefined;
}

/** How to analyze a file; what is asked of samples but their rate, which the file says itself. */
export type AnalyzeFileOptions = Omit<AnalyzeSamplesOptions, "sampleRate">;

/** A speaker whom sound files made known. */
export interface EnrolledSpeaker extends Speaker {
  /** What the decoder found odd in the files, each by its path. */
  readonly warnings: readonly string[];
}

/** Loaded models that answer for recordings. */
export interface Recognizer {
  readonly labels: readonly string[];
  /** What makes the transcripts; `null` when the voice alone is judged. */
  readonly speechToText: string | null;
  /** What is degraded in all analyses; it stands in the warnings of each. */
  readonly warnings: readonly string[];
  /**
   * Emotion over time of a sound file of any length and supported format, in bounded memory.
   * @throws UndertoneError `file-not-found`, `file-unreadable`, `audio-*`, `cancelled`, and what a service throws
   */
  analyze(path: string, options?: AnalyzeFileOptions): Promise<Analysis>;
  /** Emotion over time of mono samples, -1 to 1, at the rate given. */
  analyze(samples: Float32Array, options: AnalyzeSamplesOptions): Promise<Analysis>;
  /**
   * Hears a few neutral seconds of one person in sound files: the `speaker` of later analyses, who are right more often.
   * @throws UndertoneError as `analyze`, `audio-empty` when nobody speaks, `model-invalid` for a model that cannot tell
   */
  enroll(
    paths: readonly string[],
    options?: Pick<AnalyzeFileOptions, "signal">,
  ): Promise<EnrolledSpeaker>;
  /** Frees the models' memory. */
  close(): Promise<void>;
}

/** Names a model by its content: the first 12 hexadecimal digits of the SHA-256 of its file. */
export function modelIdOf({ bytes }: ModelFile): string {
  return createHash("sha256").update(bytes).digest("hex").slice(0, 12);
}

/** Loads a model from a file; what is wrong with it names the file. */
async function openModel<Model>(
  { path, bytes }: ModelFile,
  load: (bytes: Uint8Array) => Promise<Model>,
): Promise<Model> {
  try {
    return await load(bytes);
  } catch (error) {
    if (!(error instanceof UndertoneError)) throw error;
    throw new UndertoneError(error.code, `${path}: ${error.message}`, { cause: error });
  }
}

async function analyzeFile(
  path: string,
  { listener, ...models }: ChannelModels & { readonly listener: FileListener | undefined },
  { signal, onProgress, minConfidence, speaker }: AnalyzeFileOptions,
): Promise<Analysis> {
  const transcription =
    listener &&
    (await listenToFile(path, listener, {
      signal,
      onProgress: (doneSec) => onProgress?.(doneSec, "transcript"),
    }));
  const { sampleRate } = models.voice.card;
  const reading = openAudio(path, { sampleRate, blockSec, ...(signal ? { signal } : {}) });
  const recording = { blocks: reading, warnings: reading.warnings, transcription };
  return analyzeRecording(recording, models, {
    signal,
    minConfidence,
    speaker,
    onProgress: (doneSec) => onProgress?.(doneSec, "emotion"),
  });
}

/**
 * Loads models once, to analyze many recordings with them.
 * @throws UndertoneError `file-not-found`, `file-unreadable` or `model-invalid`, and what getting
 * the speech-to-text that was named throws
 */
export async function loadRecognizer(options: RecognizerOptions = {}): Promise<Recognizer> {
  return openRecognizer(await findVoiceModel(options.model, options), options);
}

/** The same with a model that usesAudio found before. */
export async function openRecognizer(
  found: VoiceModel,
  options: Omit<RecognizerOptions, "model"> = {},
): Promise<Recognizer> {
  const { threads, speech = false } = options;
  if (threads !== undefined && !(Number.isInteger(threads) && threads > 0)) {
    throw new RangeError(`loadRecognizer: threads must be a whole number above 0, got ${threads}`);
  }
  const session = threads === undefined ? {} : { threads };
  const { ofSpeech, ...parts } = await openTogether(async (keep) => {
    const loaded = await openModel(found, (bytes) =>
      loadModel(bytes, nodeRuntime, {
        ...session,
        openEncoder: (heard) => openEncoder(heard, { ...options, threads }),
      }),
    );
    const voice = keep(loaded);
    const { listener, warnings } = await openSpeech(speech, options);
    if (listener === undefined) return { voice, listener, ofSpeech: warnings };
    keep(listener);
    const file = await readModel(options.words ?? defaultWordModelPath);
    const words = await openModel(file, (bytes) => loadTextModel(bytes, nodeRuntime, session));
    return { voice, words, listener, ofSpeech: warnings };
  });
  const { voice, words, listener } = parts;
  const warnings = [...found.warnings, ...ofSpeech];
  return {
    labels: voice.card.labels,
    speechToText: listener?.provider.name ?? null,
    warnings,
    analyze: async (
      source: string | Float32Array,
      given: AnalyzeFileOptions | AnalyzeSamplesOptions = {},
    ) => {
      const { warnings: own, ...analysis } =
        typeof source === "string"
          ? await analyzeFile(source, parts, given)
          : await analyzeSamples(source, parts, withRate(source, given));
      return { ...analysis, warnings: [...warnings, ...own] };
    },
    enroll: async (paths, { signal } = {}) => {
      const { sampleRate } = voice.card;
      const reading = { sampleRate, blockSec, ...(signal ? { signal } : {}) };
      const recordings = paths.map((path) => openAudio(path, reading));
      const speaker = await enrollSpeaker(recordings, voice, signal);
      const odd = recordings.map(({ warnings: own }, at) =>
        own.map((warning) => `${paths[at]}: ${warning}`),
      );
      return { ...speaker, warnings: odd.flat() };
    },
    close: async () => {
      await Promise.all([voice.close(), words?.close(), listener?.close()]);
    },
  };
}

function withRate(
  samples: unknown,
  options: AnalyzeFileOptions | AnalyzeSamplesOptions,
): AnalyzeSamplesOptions {
  if (!(samples instanceof Float32Array)) {
    throw new TypeError("analyze: takes a path or a Float32Array of samples from -1 to 1");
  }
  if ("sampleRate" in options) return options;
  throw new TypeError("analyze: samples need their sampleRate: analyze(samples, { sampleRate })");
}
