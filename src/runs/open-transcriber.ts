import { join } from "node:path";
import { modelFiles } from "../downloads/model-files.ts";
import {
  loadTranscriber,
  openVoiceActivity,
  type TranscriberSetting,
} from "../transcription/transcribers.node.ts";
import { joinUtterances } from "../transcription/transcribe-recording.ts";
import { transcribeFile } from "../transcription/transcribe-file.node.ts";
import { TranscriptCache } from "../transcription/transcript-cache.node.ts";
import { cacheFolder } from "../shared/cache-folder.node.ts";
import type { RunOptions, Transcriber } from "./training-request.ts";

/**
 * Speech-to-text for the clips of a corpus, through the cache of transcripts.
 * @throws UndertoneError `usage` for an unknown provider, and what getting its files throws
 */
export async function openTranscriber(
  name: string,
  { onProgress, logger, signal }: Pick<RunOptions, "onProgress" | "logger" | "signal">,
): Promise<Transcriber> {
  const setting: TranscriberSetting = {
    modelFiles: (model) => modelFiles(model, { onProgress, signal }),
    env: process.env,
  };
  const transcriber = await loadTranscriber(name, setting);
  const voiceActivity = await openVoiceActivity(setting);
  const cache = new TranscriptCache(join(cacheFolder(process.env), "transcripts"));
  return {
    async transcribe(path, cancel) {
      const options = { transcriber, voiceActivity, cache, signal: cancel };
      const transcript = await transcribeFile(path, options);
      for (const warning of transcript.warnings) logger.warn(`${path}: ${warning}`);
      return joinUtterances(transcript.utterances);
    },
    async close() {
      await transcriber.close();
      await voiceActivity.close();
    },
  };
}
