import type { SpeechRegion } from "../audio/speech-activity.ts";
import { cutModel } from "../graph/cut.ts";
import { Session, type Runtime } from "../graph/session.ts";
import { layersByFrame } from "../models/encoder-layers.ts";
import { floatsOf } from "../models/example.ts";
import { openTogether } from "../shared/closing.ts";
import { evenLevel } from "./even-level.ts";
import { overlapsIn } from "./overlap-head.ts";
import { readSpeakerCard, type SpeakerCard } from "./speaker-card.ts";
import { VoiceEncoder, voiceStatistics, type VoiceFrames } from "./voice-frames.ts";

interface SpeakerEncoderFiles {
  /** The speaker embedding, with its card. */
  readonly model: Uint8Array;
  /** The pretrained speech encoder that its card names. */
  readonly encoder: Uint8Array;
}

/** What is known of the voices in speech. */
export interface EmbeddedSpeech {
  /** The unit vector [dimensions] of each window. */
  readonly embeddings: readonly Float32Array[];
  /** Where two speak at once, in seconds from the start. */
  readonly overlaps: readonly SpeechRegion[];
}

/** Makes embeddings of the voice in windows of speech, one direction for each speaker, and finds where two speak at once. */
export class SpeakerEncoder {
  readonly card: SpeakerCard;
  readonly #voice: VoiceEncoder;
  readonly #projection: Session;
  readonly #overlap: Session;

  private constructor(
    card: SpeakerCard,
    { voice, projection, overlap }: { voice: VoiceEncoder; projection: Session; overlap: Session },
  ) {
    this.card = card;
    this.#voice = voice;
    this.#projection = projection;
    this.#overlap = overlap;
  }

  /** @throws UndertoneError `model-invalid` */
  static async open(
    runtime: Runtime,
    { model, encoder }: SpeakerEncoderFiles,
    options: { readonly threads?: number | undefined } = {},
  ): Promise<SpeakerEncoder> {
    const card = readSpeakerCard(model);
    return openTogether(async (keep) => {
      const part = async (output: string): Promise<Session> =>
        keep(await Session.open(runtime, cutModel(model, [output]), { threads: 1 }));
      return new SpeakerEncoder(card, {
        voice: keep(await VoiceEncoder.open(runtime, encoder, { ...card.encoder, ...options })),
        projection: await part("embedding"),
        overlap: await part("overlap"),
      });
    });
  }

  /** Returns what is known of mono samples at 16 kHz; windows are in seconds from their start. */
  async embed(samples: Float32Array, windows: readonly SpeechRegion[]): Promise<EmbeddedSpeech> {
    const frames = await this.#voice.encode(evenLevel(samples, this.card.sampleRate));
    const { perSec } = frames;
    const threshold = this.card.overlapThreshold;
    return {
      embeddings: await this.embeddingsOf(frames, windows),
      overlaps: overlapsIn(await this.overlapOf(frames), { perSec, threshold }),
    };
  }

  /** Returns the unit vector [dimensions] of each window, in seconds from the first frame. */
  async embeddingsOf(
    frames: VoiceFrames,
    windows: readonly SpeechRegion[],
  ): Promise<Float32Array[]> {
    const embeddings: Float32Array[] = [];
    for (const window of windows) {
      const data = voiceStatistics(frames, window);
      const feeds = { statistics: { data, shape: [1, data.length] } };
      const { embedding } = await this.#projection.run(feeds);
      embeddings.push(embedding!);
    }
    return embeddings;
  }

  /** Returns the probability of each frame that two speak at once. */
  async overlapOf({ layers, width }: VoiceFrames): Promise<Float32Array> {
    const data = floatsOf(layersByFrame(layers, width));
    const columns = layers.length * width;
    const shape = [1, 1, data.length / columns, columns];
    const { overlap } = await this.#overlap.run({ frames: { data, shape } });
    return overlap!.filter((_, index) => index % 2 === 1);
  }

  async close(): Promise<void> {
    await Promise.all([this.#voice.close(), this.#projection.close(), this.#overlap.close()]);
  }
}
