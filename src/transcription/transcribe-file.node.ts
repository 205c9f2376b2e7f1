import type { SoundChoice } from "../audio/read-channels.ts";
import { readMono } from "../audio/read-mono.ts";
import { openFile } from "../audio/load.node.ts";
import { throwIfCancelled } from "../shared/errors.ts";
import { RecordingTranscriber } from "./transcribe-recording.ts";
import {
  speechSampleRate,
  type RecordingTranscript,
  type Transcriber,
  type Utterance,
} from "./transcript.ts";
import { keepTranscript, type TranscriptStore } from "./transcript-store.ts";
import type { VoiceActivity } from "./utterances.ts";

interface TranscribeFileOptions extends SoundChoice {
  readonly transcriber: Transcriber;
  readonly voiceActivity: VoiceActivity;
  /** Where finished transcripts are kept and looked up; without it each call transcribes anew. */
  readonly cache?: TranscriptStore | undefined;
  /** Two-letter code of the language that is spoken. */
  readonly language?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Called with each utterance as it is recognized; all at once for a transcript from the cache. */
  readonly onUtterance?: ((utterance: Utterance) => void) | undefined;
  /** Called with the seconds of the recording that are done. */
  readonly onProgress?: ((doneSec: number) => void) | undefined;
}

/**
 * Transcribes a sound file of any length and supported format, in bounded memory.
 * @throws UndertoneError `file-not-found`, `file-unreadable`, `audio-*`, `cancelled`, and what the transcriber throws
 */
export async function transcribeFile(
  path: string,
  options: TranscribeFileOptions,
): Promise<RecordingTranscript> {
  const { transcriber, cache, language, signal, onUtterance, channels, track } = options;
  const source = await openFile(path);
  try {
    if (cache === undefined) return await transcribeSource(source, options);
    const content = await cache.hash(source, signal);
    const key = { content, transcriber: transcriber.name, language, channels, track };
    const kept = await cache.find(key);
    if (kept !== undefined && kept.channels === undefined) {
      for (const utterance of kept.utterances) onUtterance?.(utterance);
      return kept;
    }
    const transcript = await transcribeSource(source, options);
    if (transcript.incomplete) return transcript;
    const notKept = await keepTranscript(cache, key, transcript);
    return { ...transcript, warnings: [...transcript.warnings, ...notKept] };
  } finally {
    await source.close();
  }
}

async function transcribeSource(
  source: Awaited<ReturnType<typeof openFile>>,
  { onUtterance, onProgress, ...options }: TranscribeFileOptions,
): Promise<RecordingTranscript> {
  const sound = readMono(source, { ...options, sampleRate: speechSampleRate });
  const recording = new RecordingTranscriber(options);
  const utterances: Utterance[] = [];
  const add = (utterance: Utterance): void => {
    utterances.push(utterance);
    onUtterance?.(utterance);
  };
  let durationSec = 0;
  for await (const block of sound) {
    throwIfCancelled(options.signal);
    for await (const utterance of recording.push(block)) add(utterance);
    durationSec += block.length / speechSampleRate;
    onProgress?.(durationSec);
  }
  for await (const utterance of recording.finish()) add(utterance);
  const { warnings, incomplete } = sound;
  return { durationSec, utterances, warnings: [...warnings], ...(incomplete && { incomplete }) };
}
