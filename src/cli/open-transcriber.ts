import { modelFiles } from "../downloads/model-files.ts";
import type { Transcriber } from "../runs/training-request.ts";
import type { ProgressDisplay } from "./progress.ts";
import {
  openSpeechToText,
  openVoiceActivity,
  type ProviderSetting,
} from "../transcription/providers.node.ts";
import { joinUtterances } from "../transcription/transcribe-recording.ts";
import { transcribeFile } from "../transcription/transcribe-file.node.ts";
import { TranscriptCache } from "../transcription/transcript-cache.node.ts";
import { transcriptCacheFolder } from "./folders.ts";

/**
 * Speech-to-text for the clips of a corpus, through the cache of transcripts.
 * @throws UndertoneError `usage` for an unknown provider, and what getting its files throws
 */
export async function openTranscriber(
  name: string,
  display: ProgressDisplay,
  signal?: AbortSignal,
): Promise<Transcriber> {
  const setting: ProviderSetting = {
    modelFiles: (model) => modelFiles(model, { onProgress: display, signal }),
    env: process.env,
  };
  const provider = await openSpeechToText(name, setting);
  const voiceActivity = await openVoiceActivity(setting);
  const cache = new TranscriptCache(transcriptCacheFolder());
  return {
    async transcribe(path, cancel) {
      const options = { provider, voiceActivity, cache, signal: cancel };
      const transcript = await transcribeFile(path, options);
      for (const warning of transcript.warnings) display.warn(`${path}: ${warning}`);
      return joinUtterances(transcript.utterances);
    },
    async close() {
      await provider.close();
      await voiceActivity.close();
    },
  };
}
