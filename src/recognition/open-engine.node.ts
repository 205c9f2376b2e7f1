import { fileURLToPath } from "node:url";
import { openFile } from "../audio/load.node.ts";
import { runtimeOf } from "../graph/runtime.node.ts";
import { loadModel, loadTextModel } from "../models/load-model.ts";
import { openTogether } from "../shared/closing.ts";
import { UndertoneError } from "../shared/errors.ts";
import { LocalEngine } from "./local-engine.ts";
import type { FileLocation } from "./model-sources.node.ts";
import { openEncoder } from "./open-encoder.node.ts";
import { openTranscription, type TranscriptionOptions } from "./open-transcription.node.ts";
import { readModel, shippedModel, type ModelFile, type VoiceModel } from "./voice-model.node.ts";

/** The text model that comes with the package. */
export const defaultTextModelPath = shippedModel("words");

/** What an engine is opened with, beside its audio model. */
export interface EngineOptions extends TranscriptionOptions {
  /** The text model, an `.onnx` file; by default the one that comes with the package. */
  readonly textModel?: FileLocation | undefined;
  /**
   * Speech-to-text: a transcriber's name; `true` for the default one, without which only the voice counts where it cannot be
   * had; by default `false`. The first use downloads the transcriber's model.
   */
  readonly transcriber?: string | boolean | undefined;
}

/**
 * Opens an engine in this thread, with an audio model that was found before.
 * @throws RangeError for `threads` that are no whole number above 0
 * @throws UndertoneError `model-invalid`, and what getting the models throws
 */
export async function openEngine(found: VoiceModel, options: EngineOptions): Promise<LocalEngine> {
  const { threads, transcriber = false } = options;
  if (threads !== undefined && !(Number.isInteger(threads) && threads > 0)) {
    throw new RangeError(`loadRecognizer: threads must be a whole number above 0, got ${threads}`);
  }
  const runtime = runtimeOf(options.runtime);
  const { warnings: ofRuntime } = await runtime();
  const session = threads === undefined ? {} : { threads };
  return openTogether(async (keep) => {
    const voice = await openModel(found, (bytes) =>
      loadModel(bytes, runtime, {
        ...session,
        openEncoder: (config) => openEncoder(config, options),
      }),
    );
    keep(voice);
    const { transcription, warnings } = await openTranscription(transcriber, options);
    if (transcription) keep(transcription);
    const words =
      transcription &&
      (await openModel(
        await readModel(options.textModel ?? defaultTextModelPath, options.signal),
        (bytes) => loadTextModel(bytes, runtime, session),
      ));
    return new LocalEngine({
      models: { voice, words, transcription: transcription?.models },
      transcripts: transcription?.transcripts,
      warnings: [...ofRuntime, ...found.warnings, ...warnings],
      openFile: (path) => openFile(path.startsWith("file:") ? fileURLToPath(path) : path),
      close: async () => {
        await Promise.all([voice.close(), words?.close(), transcription?.close()]);
      },
    });
  });
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
