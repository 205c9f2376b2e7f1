import { join } from "node:path";
import { modelFiles } from "../downloads/model-files.ts";
import { cacheFolder } from "../shared/cache-folder.node.ts";
import { openTogether } from "../shared/closing.ts";
import { UndertoneError } from "../shared/errors.ts";
import type { ProgressListener } from "../shared/logger.ts";
import { checkLanguage } from "../transcription/languages.ts";
import {
  defaultSpeechProvider,
  openSpeechToText,
  openVoiceActivity,
  type ProviderSetting,
} from "../transcription/providers.node.ts";
import { transcribeFile } from "../transcription/transcribe-file.node.ts";
import {
  hashFile,
  TranscriptCache,
  type RecordingTranscript,
} from "../transcription/transcript-cache.node.ts";
import { FallbackTranscriber, type Listener, type Transcription } from "./transcription.ts";

/** Speech-to-text that keeps what it heard in files. */
export interface FileListener extends Listener {
  readonly cache: TranscriptCache;
  close(): Promise<void>;
}

export interface SpeechOptions {
  /** Two-letter code of the language that is spoken; without it the provider finds out or has but one. */
  readonly language?: string | undefined;
  /** Downloads nothing. */
  readonly offline?: boolean | undefined;
  /** Threads of one operator; by default one a core. */
  readonly threads?: number | undefined;
  /** Told of the downloads. */
  readonly onProgress?: ProgressListener | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Speech-to-text, or why there is none. */
interface AvailableSpeech {
  readonly listener: FileListener | undefined;
  readonly warnings: readonly string[];
}

/**
 * Opens the provider that a caller named; `true` opens the default one, and goes without where it cannot be had.
 * @throws UndertoneError `usage`, `cancelled`, and for a provider that was named what getting it throws
 */
export async function openSpeech(
  speech: string | boolean,
  options: SpeechOptions,
): Promise<AvailableSpeech> {
  if (speech === false) return { listener: undefined, warnings: [] };
  if (speech !== true) return { listener: await openListener(speech, options), warnings: [] };
  try {
    return { listener: await openListener(defaultSpeechProvider, options), warnings: [] };
  } catch (error) {
    if (!(error instanceof UndertoneError) || ["usage", "cancelled"].includes(error.code)) {
      throw error;
    }
    const warning = `There is no transcript, the voice alone was judged: ${error.message}`;
    return { listener: undefined, warnings: [warning] };
  }
}

async function openListener(name: string, options: SpeechOptions): Promise<FileListener> {
  const { language } = options;
  const setting: ProviderSetting = {
    modelFiles: (model) => modelFiles(model, options),
    env: process.env,
    offline: options.offline,
    threads: options.threads,
  };
  const cache = new TranscriptCache(join(cacheFolder(process.env), "transcripts"));
  return openTogether(async (keep) => {
    const provider = keep(await openSpeechToText(name, setting));
    checkLanguage(provider, language);
    const voiceActivity = await openVoiceActivity(setting);
    return {
      provider,
      voiceActivity,
      language,
      cache,
      close: async () => {
        await provider.close();
        await voiceActivity.close();
      },
    };
  });
}

/** Carries a transcript past the cache, which keeps whole ones only. */
class IncompleteTranscript extends Error {
  readonly transcript: RecordingTranscript;

  constructor(transcript: RecordingTranscript) {
    super("Some utterances have no words.");
    this.transcript = transcript;
  }
}

interface ListenOptions {
  readonly signal?: AbortSignal | undefined;
  /** Called with the seconds of the recording that are done. */
  readonly onProgress?: ((doneSec: number) => void) | undefined;
}

/**
 * What is said in a file, from the cache where it is there; what a failing service left out is not kept.
 * @throws UndertoneError as `transcribeFile`, but for a service that fails in passing
 */
export async function listenToFile(
  path: string,
  { provider, voiceActivity, language, cache }: FileListener,
  options: ListenOptions,
): Promise<Transcription> {
  const forgiving = new FallbackTranscriber(provider);
  const key = { content: await hashFile(path, options.signal), provider: provider.name, language };
  const { transcript, warnings } = await cache
    .get(key, async () => {
      const settings = { ...options, provider: forgiving, voiceActivity, language };
      const heard = await transcribeFile(path, settings);
      if (forgiving.warnings.length > 0) throw new IncompleteTranscript(heard);
      return heard;
    })
    .catch((error: unknown) => {
      if (error instanceof IncompleteTranscript)
        return { transcript: error.transcript, warnings: [] };
      throw error;
    });
  return {
    speechToText: provider.name,
    utterances: transcript.utterances,
    warnings: [...forgiving.warnings, ...warnings],
  };
}
