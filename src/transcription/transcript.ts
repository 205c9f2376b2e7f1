/** A word as the model heard it, in seconds from the start of what it was given. */
export interface Word {
  readonly text: string;
  readonly startSec: number;
  readonly endSec: number;
}

/** What was said in one utterance. */
export interface Transcript {
  /** Without spaces at its ends; empty when no words were heard. */
  readonly text: string;
  /** Mean probability of the tokens, 0 to 1; 0 for an empty text. */
  readonly confidence: number;
  /** Two-letter code, where the model says or was told it. */
  readonly language?: string;
  /** Where the model gives times. */
  readonly words?: readonly Word[];
}

/** A transcript at its place in the recording; its words' times are the recording's too. */
export interface Utterance extends Transcript {
  readonly startSec: number;
  readonly endSec: number;
}

export interface TranscribeOptions {
  readonly signal?: AbortSignal | undefined;
  /** Two-letter code of the language that is spoken; without it the model finds out or has but one. */
  readonly language?: string | undefined;
}

/** A loaded speech recognizer. */
export interface SpeechToText {
  /** Names model and version: transcripts of equal names are interchangeable. */
  readonly name: string;
  /** Codes of the languages it usesAudio, where they are known. */
  readonly languages?: readonly string[] | undefined;
  /**
   * The words in mono `samples` at 16 kHz, -1 to 1, one utterance.
   * @throws UndertoneError `cancelled`, and what a service's network may do
   */
  transcribe(samples: Float32Array, options?: TranscribeOptions): Promise<Transcript>;
  close(): Promise<void>;
}

/** Samples a second that every recognizer takes. */
export const speechSampleRate = 16_000;
