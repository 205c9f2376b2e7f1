import type { SoundChoice } from "../audio/read-channels.ts";
import type { ByteSource } from "../audio/source.ts";
import { UndertoneError } from "../shared/errors.ts";
import type { Turn } from "../shared/turns.ts";
import type { RecordingTranscript } from "./transcript.ts";

/** What a transcript is found by. */
export interface TranscriptKey extends SoundChoice {
  /** Hash of the recording's bytes. */
  readonly content: string;
  /** Name of the transcriber. */
  readonly transcriber: string;
  readonly language: string | undefined;
  /** Who speaks when, where the speakers of one channel were transcribed by themselves. */
  readonly turns?: readonly Turn[] | undefined;
  /** Which speakers alone were transcribed, by their names; by default all. */
  readonly only?: readonly string[] | undefined;
  readonly roles?: readonly string[] | undefined;
}

/** Where finished transcripts are kept, by the content of the recording and what transcribed it. */
export interface TranscriptStore {
  /** Returns the hash of a recording's bytes. */
  hash(source: ByteSource, signal?: AbortSignal): Promise<string>;
  /** Resolves to `undefined` if there is none for this key. */
  find(key: TranscriptKey): Promise<RecordingTranscript | undefined>;
  /** @throws UndertoneError `disk-full` or `file-unreadable` */
  keep(key: TranscriptKey, transcript: RecordingTranscript): Promise<void>;
}

/** Keeps a transcript. Returns a warning where that fails. */
export async function keepTranscript(
  store: TranscriptStore,
  key: TranscriptKey,
  transcript: RecordingTranscript,
): Promise<string[]> {
  try {
    await store.keep(key, transcript);
    return [];
  } catch (error) {
    if (!(error instanceof UndertoneError)) throw error;
    return [`The transcript is not kept. ${error.message}`];
  }
}
