import { openAudio } from "../audio/load.node.ts";
import { throwIfCancelled } from "../shared/errors.ts";
import {
  hashFile,
  type RecordingTranscript,
  type TranscriptCache,
} from "./transcript-cache.node.ts";
import { transcribeRecording } from "./transcribe-recording.ts";
import { speechSampleRate, type SpeechToText, type Utterance } from "./transcript.ts";
import type { VoiceActivity } from "./utterances.ts";

interface TranscribeFileOptions {
  readonly provider: SpeechToText;
  readonly voiceActivity: VoiceActivity;
  /** Where finished transcripts are kept and looked up; without it each call listens anew. */
  readonly cache?: TranscriptCache | undefined;
  /** Two-letter code of the language that is spoken. */
  readonly language?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Called with each utterance as it is recognized; all at once when the cache has them. */
  readonly onUtterance?: ((utterance: Utterance) => void) | undefined;
  /** Called with the seconds of the recording that were read. */
  readonly onProgress?: ((doneSec: number) => void) | undefined;
}

const blockSec = 10;

/**
 * What is said in a sound file of any length and supported format, in bounded memory.
 * @throws UndertoneError `file-not-found`, `file-unreadable`, `audio-*`, `cancelled`, and what the provider throws
 */
export async function transcribeFile(
  path: string,
  options: TranscribeFileOptions,
): Promise<RecordingTranscript> {
  const { provider, cache, language, signal, onUtterance } = options;
  if (cache === undefined) return listen(path, options);
  const content = await hashFile(path, signal);
  let isNew = false;
  const key = { content, provider: provider.name, language };
  const { transcript, warnings } = await cache.get(key, () => {
    isNew = true;
    return listen(path, options);
  });
  if (!isNew) for (const utterance of transcript.utterances) onUtterance?.(utterance);
  return { ...transcript, warnings: [...transcript.warnings, ...warnings] };
}

async function listen(path: string, options: TranscribeFileOptions): Promise<RecordingTranscript> {
  const { provider, voiceActivity, language, signal, onUtterance, onProgress } = options;
  const sampleRate = speechSampleRate;
  const reading = openAudio(path, { sampleRate, blockSec, ...(signal && { signal }) });
  let durationSec = 0;
  async function* watched(): AsyncGenerator<Float32Array> {
    for await (const block of reading) {
      throwIfCancelled(signal);
      yield block;
      durationSec += block.length / sampleRate;
      onProgress?.(durationSec);
    }
  }
  const utterances: Utterance[] = [];
  const recording = { provider, voiceActivity, language, signal };
  for await (const utterance of transcribeRecording(watched(), recording)) {
    utterances.push(utterance);
    onUtterance?.(utterance);
  }
  return { durationSec, utterances, warnings: [...reading.warnings] };
}
