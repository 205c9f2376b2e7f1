import type { Clip } from "../datasets/manifest.ts";
import { Session, type Runtime } from "../graph/session.ts";
import { openClipInputs, type ClipInputs } from "../models/clip-inputs.ts";
import type { Inputs } from "../models/example.ts";
import { cardInputs, inputFeeder, outputRows, predictRows } from "../models/load-model.ts";
import type { DimensionCard, ModelCard } from "../models/model-card.ts";
import type { OpenEncoder } from "../models/speech-encoder.ts";
import { openTogether } from "../shared/closing.ts";
import { readClip } from "./clip-features.ts";
import type { FeatureCache } from "./feature-cache.ts";

/** A clip and a model's inputs of it. */
export interface ClipWithInputs {
  readonly clip: Clip;
  readonly inputs: Inputs;
}

/** A change of a clip's sound before the model. */
export interface SoundChange {
  /** What its features are kept by. */
  readonly key: object;
  /** @param content the hash of the clip's file */
  apply(samples: Float32Array, content: string): Float32Array;
}

interface ClassifierOptions {
  readonly cache: FeatureCache;
  readonly runtime: Runtime;
  readonly openEncoder: OpenEncoder;
  readonly threads?: number | undefined;
}

/**
 * A model's file that predicts whole clips as its training did: one window of each, and the layers of encoders by way of
 * the cache. A model with words is given the corpus's.
 */
export class ClipClassifier {
  readonly #card: ModelCard | DimensionCard;
  readonly #session: Session;
  readonly #inputs: ClipInputs;
  readonly #cache: FeatureCache;

  private constructor(
    card: ModelCard | DimensionCard,
    parts: { session: Session; inputs: ClipInputs },
    cache: FeatureCache,
  ) {
    this.#card = card;
    this.#session = parts.session;
    this.#inputs = parts.inputs;
    this.#cache = cache;
  }

  /** @throws UndertoneError `model-invalid`, and what getting an encoder throws */
  static async open(
    bytes: Uint8Array,
    card: ModelCard | DimensionCard,
    { cache, runtime, openEncoder, threads }: ClassifierOptions,
  ): Promise<ClipClassifier> {
    const parts = await openTogether(async (keep) => {
      const options = threads === undefined ? {} : { threads };
      const session = keep(await Session.open(runtime, bytes, options));
      const spec = cardInputs(card, session.inputNames, card.window);
      return { session, inputs: await openClipInputs(spec, { runtime, openEncoder }) };
    });
    return new ClipClassifier(card, parts, cache);
  }

  /** @throws UndertoneError when the clip's file cannot be read or decoded */
  async read(clip: Clip, change?: SoundChange): Promise<ClipWithInputs> {
    const { content, samples } = await readClip(clip, this.#card.sampleRate);
    const changed = change ? async () => change.apply(await samples(), content) : samples;
    const store = this.#cache.storeOf(content, change?.key);
    return { clip, inputs: await this.#inputs.of(changed, store) };
  }

  /** Returns the probabilities [labels] of each clip, or its values [dimensions]. @throws UndertoneError `model-invalid` */
  async predict(clips: readonly ClipWithInputs[]): Promise<Float32Array[]> {
    const feed = inputFeeder(this.#card, this.#inputs);
    const texts = clips.map(({ clip: { transcript } }) =>
      transcript === undefined ? undefined : { text: transcript, confidence: 1 },
    );
    const rows = clips.map(({ inputs }) => inputs);
    const feeds = feed(rows, texts);
    const card = this.#card;
    if ("dimensions" in card) {
      const widths = { dimensions: card.dimensions.length };
      return (await outputRows(this.#session, feeds, widths))["dimensions"]!;
    }
    const outputs = await predictRows(this.#session, card, feeds);
    return outputs.map(({ probabilities }) => probabilities);
  }

  async close(): Promise<void> {
    await Promise.all([this.#inputs.close(), this.#session.close()]);
  }
}
