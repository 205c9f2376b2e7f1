import type { Coverage } from "../audio/blocks.ts";

/** A recognized word, in seconds from the start of the samples. */
export interface Word {
  readonly text: string;
  readonly startSec: number;
  readonly endSec: number;
}

/** What was said in one utterance. */
export interface Transcript {
  /** Without spaces at its ends; empty when no words were recognized. */
  readonly text: string;
  /** Mean probability of the tokens, 0 to 1; 0 for an empty text. */
  readonly confidence: number;
  /** Two-letter code, where it was detected or given; `und` where the words are of no language that the transcriber knows. */
  readonly language?: string;
  /** Where the model gives times. */
  readonly words?: readonly Word[];
}

/** A transcript with what else the transcriber was opened to give. */
export interface EncodedTranscript extends Transcript {
  /** Layers of its encoder, each [frames, width]. */
  readonly layers?: readonly Float32Array[] | undefined;
}

/** A transcript at its place in the recording; its words' times are the recording's too. Without words where its language is `und`. */
export interface Utterance extends Transcript {
  readonly startSec: number;
  readonly endSec: number;
  /** From 1, where the channels were transcribed by themselves. */
  readonly channel?: number;
  /** Whose turn it is, where speakers of one channel were transcribed by themselves; times are those of this speaker's own sound. */
  readonly speaker?: string;
}

/** The transcript of a recording. */
export interface RecordingTranscript {
  readonly durationSec: number;
  /** In order; those of one channel do not overlap. */
  readonly utterances: readonly Utterance[];
  /** How many channels the recording has, where they were transcribed by themselves. */
  readonly channels?: number;
  /** What was degraded while decoding the recording. */
  readonly warnings: readonly string[];
  /** Set where less than nine tenths of what the file promises could be decoded, in seconds. */
  readonly incomplete?: Coverage;
}

export interface TranscribeOptions {
  readonly signal?: AbortSignal | undefined;
  /** Two-letter code of the language that is spoken; without it the model detects it or has but one. */
  readonly language?: string | undefined;
}

/** Sound that a transcriber has encoded, and of which the words are still to be found. */
export interface EncodedSpeech {
  /** Mono at 16 kHz. */
  readonly samples: Float32Array;
}

/** How a transcriber is faster: each utterance is encoded by itself, and the words of several are found at once. */
export interface BatchTranscriber {
  /** Whether words are found while its caller does other things. */
  readonly worksBeside: boolean;
  /** Encodes one utterance: mono `samples` at 16 kHz, -1 to 1. @throws UndertoneError `cancelled` */
  encode(samples: Float32Array, options?: TranscribeOptions): Promise<EncodedSpeech>;
  /** Finds the words of utterances that were encoded, of each as by itself. @throws UndertoneError `cancelled` */
  decode(
    encoded: readonly EncodedSpeech[],
    options?: TranscribeOptions,
  ): Promise<EncodedTranscript[]>;
}

/** A loaded speech-to-text model or service. */
export interface Transcriber {
  /** Names model and version: transcripts of equal names are interchangeable. */
  readonly name: string;
  /** Codes of the supported languages, where they are known. */
  readonly languages?: readonly string[] | undefined;
  /** There where several utterances at once are faster. */
  readonly batches?: BatchTranscriber | undefined;
  /**
   * Transcribes one utterance: mono `samples` at 16 kHz, -1 to 1.
   * @throws UndertoneError `cancelled`, and what a service's network may do
   */
  transcribe(samples: Float32Array, options?: TranscribeOptions): Promise<EncodedTranscript>;
  close(): Promise<void>;
}

/** Sample rate of every transcriber, in Hz. */
export const speechSampleRate = 16_000;

/** The transcriber of `transcriber: true`; docs/recognition.md has the word error rate of each. */
export const defaultTranscriber = "moonshine-base";
