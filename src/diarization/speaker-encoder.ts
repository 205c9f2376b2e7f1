import { Session, type Runtime } from "../graph/session.ts";
import { readSpeakerCard, type SpeakerCard } from "./speaker-card.ts";
import { VoiceStatistics } from "./voice-statistics.ts";

interface SpeakerEncoderFiles {
  /** The speaker embedding, with its card. */
  readonly model: Uint8Array;
  /** The pretrained speech encoder that its card names. */
  readonly encoder: Uint8Array;
}

/** Makes an embedding of the voice in a second or two of speech: one direction for each speaker. */
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

  /** Returns the unit vector [dimensions] of mono samples at 16 kHz. */
  async embed(samples: Float32Array): Promise<Float32Array> {
    const data = await this.#statistics.of(samples);
    const feeds = { statistics: { data, shape: [1, data.length] } };
    const { embedding } = await this.#projection.run(feeds);
    return embedding!;
  }

  async close(): Promise<void> {
    await Promise.all([this.#statistics.close(), this.#projection.close()]);
  }
}
