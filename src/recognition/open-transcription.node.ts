import { join } from "node:path";
import { runtimeOf, type RuntimeName } from "../graph/runtime.node.ts";
import type { EncoderLayers } from "../models/encoder-layers.ts";
import { cacheFolder } from "../shared/cache-folder.node.ts";
import { allOpened, openTogether, type Closable } from "../shared/closing.ts";
import { UndertoneError } from "../shared/errors.ts";
import { checkLanguage } from "../transcription/languages.ts";
import { defaultTranscriber } from "../transcription/transcript.ts";
import {
  loadTranscriber,
  openVoiceActivity,
  startDecoder,
  type TranscriberSetting,
  type TranscriptionModel,
  type TranscriptionModelFiles,
} from "../transcription/transcribers.node.ts";
import { TranscriptCache } from "../transcription/transcript-cache.node.ts";
import { providedFiles, type ModelSourceOptions } from "./model-sources.node.ts";
import type { TranscriptionModels } from "./transcription.ts";

export interface TranscriptionOptions extends ModelSourceOptions {
  /** Two-letter code of the language that is spoken; without it the transcriber detects it or has but one. */
  readonly language?: string | undefined;
  /** Threads of one operator; by default one a core. */
  readonly threads?: number | undefined;
  /** What runs the models; by default what `UNDERTONE_RUNTIME` names, else `native`, or `wasm` where that cannot load. */
  readonly runtime?: RuntimeName | undefined;
}

/** A transcriber with where its transcripts are kept. */
export interface OpenTranscription extends Closable {
  readonly models: TranscriptionModels;
  readonly transcripts: TranscriptCache;
}

/** A transcriber, or why there is none. */
interface AvailableTranscription {
  readonly transcription: OpenTranscription | undefined;
  readonly warnings: readonly string[];
}

/** A transcriber of which what takes longest is under way. */
export interface StartedTranscription {
  /** To be closed where something else fails before the rest is opened. */
  readonly decoder: Closable | undefined;
  /**
   * Opens the rest.
   * @param layers of an encoder that the transcriber gives with transcripts, where it has this encoder
   * @throws UndertoneError `usage`, `cancelled`, and for a transcriber that was named what getting it throws
   */
  open(layers?: EncoderLayers): Promise<AvailableTranscription>;
}

/** Starts the transcriber of this name; `true` starts the default one, and goes without where it cannot be had. */
export async function startTranscription(
  name: string | true,
  options: TranscriptionOptions,
): Promise<StartedTranscription> {
  const transcriber = name === true ? defaultTranscriber : name;
  const modelFiles = (model: TranscriptionModel): Promise<TranscriptionModelFiles> =>
    providedFiles(model, options);
  const decoder = await startDecoder(transcriber, { ...options, modelFiles });
  return {
    decoder: decoder?.thread,
    open: async (layers) => {
      const opening = open(transcriber, { ...options, modelFiles, decoder, layers });
      if (name !== true) return { transcription: await opening, warnings: [] };
      return availableOf(opening);
    },
  };
}

async function availableOf(opening: Promise<OpenTranscription>): Promise<AvailableTranscription> {
  try {
    return { transcription: await opening, warnings: [] };
  } catch (error) {
    if (!(error instanceof UndertoneError) || ["usage", "cancelled"].includes(error.code)) {
      throw error;
    }
    const warning = `No transcript, only the voice counts: the transcriber could not be loaded. ${error.message}`;
    return { transcription: undefined, warnings: [warning] };
  }
}

async function open(
  name: string,
  options: TranscriptionOptions & Pick<TranscriberSetting, "modelFiles" | "decoder" | "layers">,
): Promise<OpenTranscription> {
  const { language, offline, threads, runtime, modelFiles, decoder, layers } = options;
  return openTogether(async (keep) => {
    if (decoder) keep(decoder.thread);
    const setting: TranscriberSetting = {
      modelFiles,
      env: process.env,
      offline,
      threads,
      layers,
      decoder,
      runtime: runtimeOf(runtime),
    };
    const folder = options.cacheFolder ?? cacheFolder(process.env);
    const [transcriber, voiceActivity] = await allOpened([
      loadTranscriber(name, setting).then(keep),
      openVoiceActivity(setting).then(keep),
    ]);
    checkLanguage(transcriber, language);
    return {
      models: { transcriber, voiceActivity, language },
      transcripts: new TranscriptCache(join(folder, "transcripts")),
      close: async () => {
        await transcriber.close();
        await voiceActivity.close();
      },
    };
  });
}
