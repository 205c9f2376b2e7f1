import type { SpeechRegion } from "../audio/speech-activity.ts";
import { Session, type Runtime } from "../graph/session.ts";
import { evenLevel } from "./even-level.ts";
import { readSpeakerCard, type SpeakerCard } from "./speaker-card.ts";
import { VoiceStatistics } from "./voice-statistics.ts";

interface SpeakerEncoderFiles {
  /** The speaker embedding, with its card. */
  readonly model: Uint8Array;
  /** The pretrained speech encoder that its card names. */
  readonly encoder: Uint8Array;
}

/** Makes embeddings of the voice in windows of speech: one direction for each speaker. */
export class SpeakerEncoder {
  readonly card: SpeakerCard;
  readonly #statistics: VoiceStatistics;
  readonly #projection: Session;

  private constructor(card: SpeakerCard, statistics: VoiceStatistics, projection: Session) {
    this.card = card;
    this.#statistics = statistics;
    this.#projection = projection;
  }

  /** @throws UndertoneError `model-invalid` */
  static async open(
    runtime: Runtime,
    { model, encoder }: SpeakerEncoderFiles,
    options: { readonly threads?: number | undefined } = {},
  ): Promise<SpeakerEncoder> {
    const card = readSpeakerCard(model);
    const statistics = await VoiceStatistics.open(runtime, encoder, {
      ...card.encoder,
      ...options,
    });
    const projection = await Session.open(runtime, model, { threads: 1 });
    return new SpeakerEncoder(card, statistics, projection);
  }

  /** Returns the unit vector [dimensions] of each window, in seconds from the start of mono samples at 16 kHz. */
  async embed(samples: Float32Array, windows: readonly SpeechRegion[]): Promise<Float32Array[]> {
    const rows = await this.#statistics.of(evenLevel(samples, this.card.sampleRate), windows);
    const embeddings: Float32Array[] = [];
    for (const data of rows) {
      const feeds = { statistics: { data, shape: [1, data.length] } };
      const { embedding } = await this.#projection.run(feeds);
      embeddings.push(embedding!);
    }
    return embeddings;
  }

  async close(): Promise<void> {
    await Promise.all([this.#statistics.close(), this.#projection.close()]);
  }
}
