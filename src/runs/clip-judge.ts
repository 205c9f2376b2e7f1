import { readFile } from "node:fs/promises";
import { loadAudio } from "../audio/load.node.ts";
import type { Clip } from "../datasets/manifest.ts";
import { Session, type Feeds } from "../graph/session.ts";
import type { Shape } from "../graph/tensor.ts";
import { heardThrough } from "../models/adapter.ts";
import { audioEncoderShapes } from "../models/audio-encoder.ts";
import { descriptorCount, lowLevelDescriptors } from "../models/low-level-descriptors.ts";
import { classified, wordFeeder } from "../models/load-model.ts";
import type { ModelCard } from "../models/model-card.ts";
import { checked } from "../recognition/listen.ts";
import { fileError } from "../shared/files.node.ts";
import { cutWindow } from "./cut-window.ts";
import { floatsOf, stackInputs, type Inputs } from "./examples.ts";
import { contentHash } from "./feature-cache.ts";
import { once } from "./once.ts";
import { readProvenance } from "./provenance.ts";
import { layerReader, type ReaderOptions, type Sound, type SoundReader } from "./sound-readers.ts";

/** A clip and what a model is fed of it. */
export interface HeardClip {
  readonly clip: Clip;
  readonly inputs: Inputs;
}

interface ClipJudgeOptions extends ReaderOptions {
  readonly threads?: number | undefined;
}

/**
 * A model's file that judges whole clips as its training did: one window of each, where the recipe laid it, and the
 * layers of encoders by way of the cache that training keeps them in. A model that reads too is given the corpus's words.
 */
export class ClipJudge {
  readonly #card: ModelCard;
  readonly #session: Session;
  readonly #readers: readonly SoundReader[];
  readonly #shapes: Readonly<Record<string, Shape>>;

  private constructor(card: ModelCard, session: Session, readers: readonly SoundReader[]) {
    this.#card = card;
    this.#session = session;
    this.#readers = readers;
    const taken = Object.entries(inputShapes(card)).filter(([name]) =>
      session.inputNames.includes(name),
    );
    this.#shapes = Object.fromEntries(taken);
  }

  /** @throws UndertoneError `model-invalid`, and what getting an encoder throws */
  static async open(
    bytes: Uint8Array,
    card: ModelCard,
    options: ClipJudgeOptions,
  ): Promise<ClipJudge> {
    const { runtime, threads } = options;
    const session = await Session.open(runtime, bytes, threads === undefined ? {} : { threads });
    const readers: SoundReader[] = [];
    for (const heard of heardThrough(bytes, card)) {
      readers.push(await layerReader({ ...heard, tuned: 0 }, card.windowSec, options));
    }
    return new ClipJudge(card, session, readers);
  }

  /** @throws UndertoneError when the clip's file cannot be read or decoded */
  async hear(clip: Clip): Promise<HeardClip> {
    const bytes = await readFile(clip.path).catch((cause: unknown) => {
      throw fileError(clip.path, cause);
    });
    const { sampleRate } = this.#card;
    const sound: Sound = {
      content: contentHash(bytes),
      change: {},
      samples: once(async () => (await loadAudio(clip.path, { sampleRate })).samples),
    };
    const inputs: Inputs[] = [await this.#windowed(sound)];
    for (const reader of this.#readers) inputs.push(await reader.read(sound));
    return { clip, inputs: Object.assign({}, ...inputs) };
  }

  /** Probabilities [labels] of each clip. @throws UndertoneError `model-invalid` */
  async judge(clips: readonly HeardClip[]): Promise<Float32Array[]> {
    const { words } = this.#card;
    const rows = stackInputs(
      clips.map(({ inputs }) => inputs),
      this.#shapes,
    );
    const feeds = Object.entries(this.#shapes).map(([name, shape]): [string, Feeds[string]] => [
      name,
      { data: floatsOf(rows[name]!), shape: [clips.length, ...shape] },
    ]);
    const texts = clips.map(({ clip: { transcript } }) =>
      transcript === undefined ? undefined : { text: transcript, confidence: 1 },
    );
    const all = { ...Object.fromEntries(feeds), ...(words && wordFeeder(words)(texts)) };
    const answers = await classified(this.#session, this.#card, all);
    return answers.map(({ probabilities }) => checked(probabilities));
  }

  async close(): Promise<void> {
    for (const reader of this.#readers) await reader.close();
    await this.#session.close();
  }

  /** Nothing is decoded for a model that usesAudio through encoders alone. */
  async #windowed({ samples }: Sound): Promise<Inputs> {
    const { waveform, descriptors } = this.#shapes;
    if (!waveform) return {};
    const { sampleRate, descriptors: made } = this.#card;
    const { window: place } = readProvenance(this.#card);
    const cut = { sampleRate, frames: waveform[0]!, hopLength: 1, window: place };
    const window = cutWindow(await samples(), cut);
    if (!descriptors) return { waveform: window };
    return { waveform: window, descriptors: lowLevelDescriptors(window, { sampleRate, ...made! }) };
  }
}

/** Shapes without the batch axis of all that a model of this card may take, but for words. */
function inputShapes({ sampleRate, windowSec, descriptors, encoders = [] }: ModelCard) {
  return {
    waveform: [Math.round(sampleRate * windowSec)],
    ...(descriptors && { descriptors: [descriptorCount, descriptors.frames] }),
    ...audioEncoderShapes({
      encoders: encoders.map((heard) => ({ ...heard, tuned: 0 })),
      longestSec: windowSec,
    }),
  };
}
