import { modelFiles } from "../downloads/model-files.ts";
import type { Transcriber } from "../experiments/training-request.ts";
import type { ProgressListener } from "../shared/logger.ts";
import {
  openSpeechToText,
  openVoiceActivity,
  type ProviderSetting,
} from "../speech/providers.node.ts";
import { joinUtterances } from "../speech/transcribe-recording.ts";
import { transcribeFile } from "../speech/transcribe-file.node.ts";
import { TranscriptCache } from "../speech/transcript-cache.node.ts";
import { transcriptCacheFolder } from "./folders.ts";

/**
 * Speech-to-text for the clips of a corpus, through the cache of transcripts.
 * @throws UndertoneError `usage` for an unknown provider, and what getting its files throws
 */
export async function openTranscriber(
  name: string,
  options: { readonly onProgress: ProgressListener; readonly signal?: AbortSignal | undefined },
): Promise<Transcriber> {
  const setting: ProviderSetting = {
    modelFiles: (model) => modelFiles(model, options),
    env: process.env,
  };
  const provider = await openSpeechToText(name, setting);
  const voiceActivity = await openVoiceActivity(setting);
  const cache = await TranscriptCache.open(transcriptCacheFolder());
  return {
    async transcribe(path, signal) {
      const heard = await transcribeFile(path, { provider, voiceActivity, cache, signal });
      return joinUtterances(heard.utterances);
    },
    async close() {
      await provider.close();
      await voiceActivity.close();
    },
  };
}
