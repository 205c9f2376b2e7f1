import { UndertoneError } from "../shared/errors.ts";
import type { Transcriber, TranscribeOptions, Transcript } from "../transcription/transcript.ts";
import type { VoiceActivity } from "../transcription/utterances.ts";

/** A transcriber, and what finds the utterances for it. */
export interface TranscriptionModels {
  readonly transcriber: Transcriber;
  readonly voiceActivity: VoiceActivity;
  /** Two-letter code of the language that is spoken. */
  readonly language?: string | undefined;
}

/** After so many failures in a row, a service is not asked again for the rest of the recording. */
const mostFailuresInARow = 3;

/** A transcriber for one recording that leaves an utterance without words when a service fails. */
export class FallbackTranscriber implements Transcriber {
  readonly name: string;
  readonly languages: readonly string[] | undefined;
  readonly #transcriber: Transcriber;
  #asked = 0;
  #failed = 0;
  #failedInARow = 0;
  #firstFailure = "";

  constructor(transcriber: Transcriber) {
    this.name = transcriber.name;
    this.languages = transcriber.languages;
    this.#transcriber = transcriber;
  }

  /** @throws UndertoneError `cancelled`, and what another attempt would not mend */
  async transcribe(samples: Float32Array, options?: TranscribeOptions): Promise<Transcript> {
    this.#asked++;
    if (this.#failedInARow < mostFailuresInARow) {
      try {
        const transcript = await this.#transcriber.transcribe(samples, options);
        this.#failedInARow = 0;
        return transcript;
      } catch (error) {
        if (!(error instanceof UndertoneError && error.code === "network-failed")) throw error;
        this.#failedInARow++;
        this.#firstFailure ||= error.message;
      }
    }
    this.#failed++;
    return { text: "", confidence: 0 };
  }

  /** There where the transcriber has them, which then is no service that may fail. */
  get batches(): Transcriber["batches"] {
    return this.#transcriber.batches;
  }

  /** How many utterances have no words so far, since the transcriber failed. */
  get failed(): number {
    return this.#failed;
  }

  /** What is missing so far. */
  get warnings(): string[] {
    if (this.#failed === 0) return [];
    const gaveUp = this.#failedInARow < mostFailuresInARow ? "" : " It was not asked again.";
    return [
      `${this.#failed} of ${this.#asked} utterances have no words, since the transcriber failed: ` +
        `${this.#firstFailure}${gaveUp}`,
    ];
  }

  async close(): Promise<void> {
    await this.#transcriber.close();
  }
}
