import { readMono } from "../audio/read-mono.ts";
import { loadModel, loadTextModel } from "../models/load-model.ts";
import { analyzeRecording } from "../recognition/analyze.ts";
import { analyzeSamples, type AnalysisStage } from "../recognition/analyze-samples.ts";
import type { Analysis } from "../recognition/analysis.ts";
import { transcribeBlocks } from "../recognition/transcription.ts";
import { openTogether } from "../shared/closing.ts";
import { speechSampleRate } from "../transcription/transcript.ts";
import {
  encoderOpener,
  fetchModel,
  openTranscriber,
  type ModelOptions,
  type WebTranscriber,
} from "./models.ts";
import { webRuntime, type WebRuntimeOptions } from "./runtime.ts";
import { openSound, type Samples, type SoundFile } from "./sound.ts";

export interface RecognizerOptions extends ModelOptions, WebRuntimeOptions {
  /** Audio model: `default`, `small` or `crema-d` from `modelsUrl`, or the address of an `.onnx` file. Default: `default`. */
  readonly model?: string | URL | undefined;
  /** Text model, used with a transcriber: the address of an `.onnx` file. Default: `words` from `modelsUrl`. */
  readonly textModel?: string | URL | undefined;
  /** Speech-to-text; without it the voice alone is analyzed. */
  readonly transcriber?: WebTranscriber | undefined;
}

export interface AnalyzeOptions {
  /** Report no emotion below this probability, 0 to 1; default 0. */
  readonly minConfidence?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Called with the seconds of the recording that are done, and of what. */
  readonly onProgress?: ((doneSec: number, stage: AnalysisStage) => void) | undefined;
}

/** Loaded models that analyze recordings in the browser. */
export interface Recognizer {
  readonly labels: readonly string[];
  /** Name of the transcriber; `null` without one. */
  readonly transcriber: string | null;
  /**
   * Returns the emotion over time of a sound file of any supported format, or of samples.
   * @throws UndertoneError `audio-*`, `network-failed`, `cancelled`
   */
  analyze(sound: SoundFile | Samples, options?: AnalyzeOptions): Promise<Analysis>;
  /** Frees the memory of the models. */
  close(): Promise<void>;
}

/**
 * Loads models into the page, to analyze many recordings with them; no recording leaves it.
 * @throws UndertoneError `network-failed`, `checksum-mismatch`, `model-invalid`, `cancelled`
 */
export async function loadRecognizer(options: RecognizerOptions = {}): Promise<Recognizer> {
  const { model = "default", textModel = "words", transcriber } = options;
  const runtime = webRuntime(options);
  const parts = await openTogether(async (keep) => {
    const openEncoder = encoderOpener(runtime, options);
    const voice = keep(await loadModel(await fetchModel(model, options), runtime, { openEncoder }));
    if (transcriber === undefined) return { voice };
    const listener = await openTranscriber(runtime, transcriber, options);
    keep(listener.provider);
    keep(listener.voiceActivity);
    const words = await loadTextModel(await fetchModel(textModel, options), runtime);
    return { voice, words, listener };
  });
  const { voice, words, listener } = parts;
  return {
    labels: voice.card.labels,
    transcriber: transcriber ?? null,
    analyze: async (sound, { onProgress, ...given } = {}) => {
      if (typeof sound === "object" && "samples" in sound) {
        const { samples, sampleRate } = sound;
        return analyzeSamples(samples, parts, { ...given, onProgress, sampleRate });
      }
      const { signal } = given;
      const source = await openSound(sound, { signal });
      const transcription =
        listener &&
        (await transcribeBlocks(
          readMono(source, { sampleRate: speechSampleRate, signal }),
          listener,
          signal,
        ));
      const blocks = readMono(source, { sampleRate: voice.card.sampleRate, signal });
      const recording = { blocks, warnings: blocks.warnings, transcription };
      return analyzeRecording(
        recording,
        { voice, words },
        {
          ...given,
          onProgress: (doneSec) => onProgress?.(doneSec, "emotion"),
        },
      );
    },
    close: async () => {
      await Promise.all([
        voice.close(),
        words?.close(),
        listener?.provider.close(),
        listener?.voiceActivity.close(),
      ]);
    },
  };
}
