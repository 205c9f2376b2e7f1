import { UndertoneError } from "../shared/errors.ts";
import { transcribeRecording } from "../transcription/transcribe-recording.ts";
import type {
  SpeechToText,
  TranscribeOptions,
  Transcript,
  Utterance,
} from "../transcription/transcript.ts";
import type { VoiceActivity } from "../transcription/utterances.ts";

/** Speech-to-text, ready to listen. */
export interface Listener {
  readonly provider: SpeechToText;
  readonly voiceActivity: VoiceActivity;
  /** Two-letter code of the language that is spoken. */
  readonly language?: string | undefined;
}

/** What is said in a recording, as the analysis takes it. */
export interface Transcription {
  /** What made it. */
  readonly speechToText: string;
  /** In order, not overlapping. */
  readonly utterances: readonly Utterance[];
  /** Which of it is missing, and why. */
  readonly warnings: readonly string[];
}

/** After so many failures in a row, a service is not asked again for the rest of the recording. */
const mostFailuresInARow = 3;

/** A provider for one recording that goes without the words of an utterance when a service fails. */
export class FallbackTranscriber implements SpeechToText {
  readonly name: string;
  readonly #provider: SpeechToText;
  #asked = 0;
  #failed = 0;
  #failedInARow = 0;
  #firstFailure = "";

  constructor(provider: SpeechToText) {
    this.name = provider.name;
    this.#provider = provider;
  }

  /** @throws UndertoneError `cancelled`, and what another attempt would not mend */
  async transcribe(samples: Float32Array, options?: TranscribeOptions): Promise<Transcript> {
    this.#asked++;
    if (this.#failedInARow < mostFailuresInARow) {
      try {
        const transcript = await this.#provider.transcribe(samples, options);
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

  /** What is missing so far. */
  get warnings(): string[] {
    if (this.#failed === 0) return [];
    const gaveUp = this.#failedInARow < mostFailuresInARow ? "" : " It was given up.";
    return [
      `${this.#failed} of ${this.#asked} utterances have no words, since speech-to-text failed: ` +
        `${this.#firstFailure}${gaveUp}`,
    ];
  }

  async close(): Promise<void> {
    await this.#provider.close();
  }
}

/**
 * What is said in a recording, mono at 16 kHz in blocks of any length.
 * @throws UndertoneError `cancelled`, and what the provider throws
 */
export async function transcribeBlocks(
  blocks: AsyncIterable<Float32Array> | Iterable<Float32Array>,
  { provider, voiceActivity, language }: Listener,
  signal?: AbortSignal,
): Promise<Transcription> {
  const forgiving = new FallbackTranscriber(provider);
  const utterances: Utterance[] = [];
  const options = { provider: forgiving, voiceActivity, language, signal };
  for await (const utterance of transcribeRecording(blocks, options)) utterances.push(utterance);
  return { speechToText: provider.name, utterances, warnings: forgiving.warnings };
}
