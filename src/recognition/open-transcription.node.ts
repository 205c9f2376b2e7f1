import { join } from "node:path";
import { runtimeOf, type RuntimeName } from "../graph/runtime.node.ts";
import type { EncoderLayers } from "../models/encoder-layers.ts";
import { cacheFolder } from "../shared/cache-folder.node.ts";
import { allOpened, openTogether, type Closable } from "../shared/closing.ts";
import { UndertoneError } from "../shared/errors.ts";
import type { DecoderThread } from "../transcription/decoder-thread.node.ts";
import { checkLanguage } from "../transcription/languages.ts";
import { defaultTranscriber } from "../transcription/transcript.ts";
import {
  loadTranscriber,
  openVoiceActivity,
  startDecoder,
  type TranscriberSetting,
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

interface OpenOptions extends TranscriptionOptions {
  /** Layers of an encoder that the transcriber gives with transcripts, where it has this encoder. */
  readonly layers?: EncoderLayers | undefined;
  /** What `startDecoder` gave, which is closed with the transcriber; by default it is started now. */
  readonly decoder?: DecoderThread | undefined;
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

/**
 * Opens the transcriber of this name; `true` opens the default one, and goes without where it cannot be had.
 * @throws UndertoneError `usage`, `cancelled`, and for a transcriber that was named what getting it throws
 */
export async function openTranscription(
  name: string | true,
  options: OpenOptions,
): Promise<AvailableTranscription> {
  if (name !== true) return { transcription: await open(name, options), warnings: [] };
  try {
    return { transcription: await open(defaultTranscriber, options), warnings: [] };
  } catch (error) {
    if (!(error instanceof UndertoneError) || ["usage", "cancelled"].includes(error.code)) {
      throw error;
    }
    const warning = `No transcript, only the voice counts: the transcriber could not be loaded. ${error.message}`;
    return { transcription: undefined, warnings: [warning] };
  }
}

async function open(name: string, options: OpenOptions): Promise<OpenTranscription> {
  const { language, offline, threads, runtime, layers } = options;
  return openTogether(async (keep) => {
    const decoder = options.decoder ?? startDecoder(name, options);
    if (decoder) keep(decoder);
    const setting: TranscriberSetting = {
      modelFiles: (model) => providedFiles(model, options),
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
