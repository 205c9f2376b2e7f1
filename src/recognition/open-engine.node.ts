import { fileURLToPath } from "node:url";
import { openFile } from "../audio/load.node.ts";
import { readChannels } from "../audio/read-channels.ts";
import { readFileChannels } from "../audio/read-file.node.ts";
import { runtimeOf } from "../graph/runtime.node.ts";
import type { Runtime } from "../graph/session.ts";
import type { EncoderLayers } from "../models/encoder-layers.ts";
import { loadModel, loadTextModel, type LoadedTextModel } from "../models/load-model.ts";
import { openedAtUse, type Encoder } from "../models/speech-encoder.ts";
import { openTogether } from "../shared/closing.ts";
import { defaultTranscriber } from "../transcription/transcript.ts";
import { LocalEngine } from "./local-engine.ts";
import type { FileLocation, ModelSourceOptions } from "./model-sources.node.ts";
import type { StartedTranscription, TranscriptionOptions } from "./open-transcription.node.ts";
import { defaultTextModelPath, inFile, readModel, type VoiceModel } from "./voice-model.node.ts";

/** What an engine is opened with, beside its audio model. */
export interface EngineOptions extends TranscriptionOptions {
  /** The text model, an `.onnx` file; by default the one that comes with the package. */
  readonly textModel?: FileLocation | undefined;
  /**
   * Speech-to-text: a transcriber's name; `true` for the default one, without which only the voice counts where it cannot be
   * had; by default `false`, as is `null`. The first use downloads the transcriber's model.
   */
  readonly transcriber?: string | boolean | null | undefined;
  /** Whether transcripts are kept in the cache folder, so that a recording is transcribed once; `true` by default. */
  readonly keepTranscripts?: boolean | undefined;
}

/** What an engine in this thread is opened with. */
export interface LocalOptions extends EngineOptions {
  /**
   * Whether recordings are decoded in this process, which is ended where one has no end; by default in one of their own, but for
   * samples as they are.
   */
  readonly decodesHere?: boolean | undefined;
}

/**
 * Opens an engine in this thread, with an audio model that was found before.
 * @throws RangeError for `threads` that are no whole number above 0
 * @throws UndertoneError `model-invalid`, and what getting the models throws
 */
export async function openEngine(found: VoiceModel, options: LocalOptions): Promise<LocalEngine> {
  const { threads, keepTranscripts = true } = options;
  if (threads !== undefined && !(Number.isInteger(threads) && threads > 0)) {
    throw new RangeError(`loadRecognizer: threads must be a whole number above 0, got ${threads}`);
  }
  const runtime = runtimeOf(options.runtime);
  const session = threads === undefined ? {} : { threads };
  return openTogether(async (keep) => {
    const started = await startWords(options);
    if (started?.decoder) keep(started.decoder);
    const { warnings: ofRuntime } = await runtime();
    const voice = keep(
      await inFile(found.path, () =>
        loadModel(found.bytes, runtime, {
          ...session,
          openEncoder: (config) => encoderOf(config, options),
        }),
      ),
    );
    const words = started && keep(await openWords(runtime, options));
    const { transcription, warnings } = started
      ? await started.open(voice.speech?.encoder)
      : { transcription: undefined, warnings: [] };
    if (transcription) keep(transcription);
    return new LocalEngine({
      models: {
        voice: {
          ...voice,
          predict: (...given) => inFile(found.path, () => voice.predict(...given)),
        },
        words,
        transcription: transcription?.models,
      },
      transcripts: keepTranscripts ? transcription?.transcripts : undefined,
      warnings: [...ofRuntime, ...found.warnings, ...warnings],
      openSpeakerEncoder: async () => {
        const { openSpeakerEncoder } = await import("./open-speaker-encoder.node.ts");
        return openSpeakerEncoder(options);
      },
      openFile: (path) => openFile(path.startsWith("file:") ? fileURLToPath(path) : path),
      readSource: options.decodesHere ? readChannels : readFileChannels,
      close: async () => {
        await Promise.all([voice.close(), words?.close(), transcription?.close()]);
      },
    });
  });
}

/** Returns the name of the transcriber that is asked for, if one is. */
function transcriberOf({ transcriber }: EngineOptions): string | undefined {
  if (transcriber === true) return defaultTranscriber;
  return transcriber === false || transcriber === null ? undefined : transcriber;
}

/** Opens a model's encoder: where words are read by the same one, which gives its layers, not before it is used. */
async function encoderOf(config: EncoderLayers, options: LocalOptions): Promise<Encoder> {
  const { encoderFile, openEncoder } = await import("./open-encoder.node.ts");
  if (config.name !== transcriberOf(options)) return openEncoder(config, options);
  await encoderFile(config.name, options); // what is wrong with it is told now
  return openedAtUse(() => openEncoder(config, { ...options, signal: undefined }));
}

/** Starts the transcriber, where one is asked for. */
async function startWords(options: EngineOptions): Promise<StartedTranscription | undefined> {
  const name = options.transcriber === true || transcriberOf(options);
  if (name === undefined) return undefined;
  const { startTranscription } = await import("./open-transcription.node.ts");
  return startTranscription(name, options);
}

/** Opens the text model. */
export async function openWords(
  runtime: Runtime,
  options: Pick<EngineOptions, "textModel" | "threads"> & ModelSourceOptions,
): Promise<LoadedTextModel> {
  const { textModel = defaultTextModelPath, signal, threads } = options;
  const { path, bytes } = await readModel(textModel, signal);
  const words = await inFile(path, () =>
    loadTextModel(bytes, runtime, {
      ...(threads === undefined ? {} : { threads }),
      openSentenceEncoder: async (name) => {
        const { openSentenceEncoder } = await import("./open-sentence-encoder.node.ts");
        return openSentenceEncoder(name, { ...options, runtime });
      },
    }),
  );
  return {
    ...words,
    probabilities: (texts) => inFile(path, () => words.probabilities(texts)),
  };
}
