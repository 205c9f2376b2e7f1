import { z } from "zod";
import { normalizeLevel } from "../audio/level.ts";
import { cutModel } from "../graph/cut.ts";
import { readMetadata } from "../graph/emit.ts";
import { Session, type Runtime } from "../graph/session.ts";
import {
  encoderNames,
  encoderSampleRate,
  layerOutput,
  shortestSamples,
  speechEncoders,
} from "../models/encoder-layers.ts";
import { layerStatistics } from "../models/layer-statistics.ts";
import { cardKey } from "../models/model-card.ts";
import { UndertoneError } from "../shared/errors.ts";

const cardSchema = z.strictObject({
  name: z.string(),
  /** Hz */
  sampleRate: z.literal(encoderSampleRate),
  /** Length of an embedding. */
  dimensions: z.int().positive(),
  /** Layers whose mean and deviation over time it is made of. */
  encoder: z.strictObject({ name: z.enum(encoderNames), layers: z.array(z.int().min(-1)).min(1) }),
  /** Mean cosine below which the speech of two clusters is of two speakers. */
  threshold: z.number().min(-1).max(1),
  /** Data, license, recipe, seed, scores. */
  provenance: z.record(z.string(), z.unknown()),
});

/** The model card of a speaker embedding. */
export type SpeakerCard = Readonly<z.infer<typeof cardSchema>>;

/** @throws UndertoneError `model-invalid` when the bytes are no ONNX model or hold no such model card */
export function readSpeakerCard(model: Uint8Array): SpeakerCard {
  const text = readMetadata(model)[cardKey];
  try {
    return cardSchema.parse(JSON.parse(text ?? "null"));
  } catch (cause) {
    const message = "This ONNX file is not a speaker embedding of Undertone.";
    throw new UndertoneError("model-invalid", message, { cause });
  }
}

export interface SpeakerEncoderFiles {
  /** The speaker embedding, with its card. */
  readonly model: Uint8Array;
  /** The pretrained speech encoder that its card names. */
  readonly encoder: Uint8Array;
}

/** Makes an embedding of the voice in a second or two of speech: one direction for each speaker. */
export class SpeakerEncoder {
  readonly card: SpeakerCard;
  readonly #layers: Session;
  readonly #projection: Session;

  private constructor(card: SpeakerCard, layers: Session, projection: Session) {
    this.card = card;
    this.#layers = layers;
    this.#projection = projection;
  }

  /** @throws UndertoneError `model-invalid` */
  static async open(
    runtime: Runtime,
    { model, encoder }: SpeakerEncoderFiles,
    options: { readonly threads?: number } = {},
  ): Promise<SpeakerEncoder> {
    const card = readSpeakerCard(model);
    const layers = await Session.open(runtime, cutModel(encoder, outputsOf(card)), options);
    return new SpeakerEncoder(card, layers, await Session.open(runtime, model, { threads: 1 }));
  }

  /** Returns the unit vector [dimensions] of mono samples at 16 kHz. */
  async embed(samples: Float32Array): Promise<Float32Array> {
    const data = new Float32Array(Math.max(samples.length, shortestSamples));
    data.set(normalizeLevel(samples));
    const layers = await this.#layers.run({ input_values: { data, shape: [1, data.length] } });
    const { encoder } = this.card;
    const statistics = layerStatistics(
      outputsOf(this.card).map((output) => layers[output]!),
      speechEncoders[encoder.name].width,
    );
    const shape = [1, statistics.length];
    const { embedding } = await this.#projection.run({ statistics: { data: statistics, shape } });
    return embedding!;
  }

  async close(): Promise<void> {
    await Promise.all([this.#layers.close(), this.#projection.close()]);
  }
}

function outputsOf({ encoder: { name, layers } }: SpeakerCard): string[] {
  return layers.map((layer) => layerOutput(layer, speechEncoders[name].family));
}
