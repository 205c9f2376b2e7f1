import { Session, type Feeds, type Runtime } from "../graph/session.ts";
import { openTogether } from "../shared/closing.ts";
import { UndertoneError } from "../shared/errors.ts";
import { Vocabulary } from "../text/vocabulary.ts";
import { heardThrough } from "./adapter.ts";
import { descriptorCount, lowLevelDescriptors } from "./low-level-descriptors.ts";
import { openEncoders } from "./open-encoders.ts";
import {
  readModelCard,
  readTextModelCard,
  type ModelCard,
  type TextModelCard,
} from "./model-card.ts";
import type { OpenEncoder } from "./speech-encoder.ts";
import { stacked } from "./stacked.ts";

/** What was said in a window, as speech-to-text heard it or a person wrote it. */
export interface TextInput {
  readonly text: string;
  /** 0 to 1; 1 for words that were written. */
  readonly confidence: number;
}

/** What a model says of one window. */
export interface ModelOutput {
  /** [labels] */
  readonly probabilities: Float32Array;
  /** From what the model learned; there where its card has `distances` to hold it against. */
  readonly distance?: number;
}

/** A model that is ready to classify. */
export interface EmotionModel {
  readonly card: ModelCard;
  /**
   * Judges each window of `windowSec · sampleRate` mono samples; a model with words takes those of each window
   * too, and does without where they are not given.
   */
  judge(
    windows: readonly Float32Array[],
    words?: readonly (TextInput | undefined)[],
  ): Promise<ModelOutput[]>;
  close(): Promise<void>;
}

/** A model that reads, ready to classify. */
export interface LoadedTextModel {
  readonly card: TextModelCard;
  /** Probabilities [labels] of each text. */
  probabilities(texts: readonly TextInput[]): Promise<Float32Array[]>;
  close(): Promise<void>;
}

interface LoadOptions {
  readonly threads?: number;
}

interface VoiceLoadOptions extends LoadOptions {
  /** Opens the encoders that a model usesAudio through; needed by such a model. */
  readonly openEncoder?: OpenEncoder;
}

/**
 * Loads a model that usesAudio, as `exportBundle` made it.
 * @throws UndertoneError `model-invalid` when the bytes are no ONNX model or hold no card
 */
export async function loadModel(
  bytes: Uint8Array,
  runtime: Runtime,
  { openEncoder, ...options }: VoiceLoadOptions = {},
): Promise<EmotionModel> {
  const card = readModelCard(bytes);
  const { session, ears } = await openTogether(async (keep) => ({
    session: keep(await Session.open(runtime, bytes, options)),
    ears: await openEncoders(heardThrough(bytes, card), card.windowSec, openEncoder),
  }));
  const samples = Math.round(card.windowSec * card.sampleRate);
  const wordFeeds = card.words && wordFeeder(card.words);
  return {
    card,
    async judge(windows, words = []) {
      if (windows.length === 0) return [];
      const wrong = windows.find((window) => window.length !== samples);
      if (wrong) {
        throw new RangeError(`judge: a window needs ${samples} samples, got ${wrong.length}`);
      }
      return classified(session, card, {
        waveform: stacked(windows, [samples]),
        ...(await ears.feeds(windows)),
        ...(card.descriptors && { descriptors: contourFeed(windows, card) }),
        ...wordFeeds?.(windows.map((_, index) => words[index])),
      });
    },
    close: async () => {
      await Promise.all([session.close(), ears.close()]);
    },
  };
}

/**
 * Loads a model that reads, as `exportBundle` made it.
 * @throws UndertoneError `model-invalid` when the bytes are no ONNX model or hold no such card
 */
export async function loadTextModel(
  bytes: Uint8Array,
  runtime: Runtime,
  options: LoadOptions = {},
): Promise<LoadedTextModel> {
  const card = readTextModelCard(bytes);
  const session = await Session.open(runtime, bytes, options);
  const feedOf = wordFeeder(card.words);
  return {
    card,
    probabilities: async (texts) =>
      texts.length === 0
        ? []
        : (await classified(session, card, feedOf(texts))).map(
            ({ probabilities }) => probabilities,
          ),
    close: () => session.close(),
  };
}

function contourFeed(windows: readonly Float32Array[], card: ModelCard): Feeds[string] {
  const options = { sampleRate: card.sampleRate, ...card.descriptors! };
  const rows = windows.map((window) => lowLevelDescriptors(window, options));
  return stacked(rows, [descriptorCount, options.frames]);
}

/** Turns what was said into feeds of a model with words; where nothing is given or understood, its confidence is 0. */
export function wordFeeder({
  length,
  vocabulary,
}: TextModelCard["words"]): (texts: readonly (TextInput | undefined)[]) => Feeds {
  const known = new Vocabulary(vocabulary);
  return (texts) => {
    const rows = texts.map((heard) => known.ids(heard?.text ?? "", length));
    const sure = texts.map((heard, row) =>
      Float32Array.of(rows[row]![0]! > 0 ? heard!.confidence : 0),
    );
    return { words: stacked(rows, [length]), wordConfidence: stacked(sure, [1]) };
  };
}

/**
 * Probabilities [labels] of each row that is fed; feeds that the graph does not take are left out.
 * @throws UndertoneError `model-invalid` when the graph does not do what the card says
 */
export async function classified(
  session: Session,
  { labels, distances }: Pick<ModelCard, "labels" | "distances">,
  feeds: Feeds,
): Promise<ModelOutput[]> {
  const taken = Object.entries(feeds).filter(([name]) => session.inputNames.includes(name));
  const { probabilities, distance } = await session
    .run(Object.fromEntries(taken))
    .catch((cause: unknown) => {
      throw misfit(cause instanceof Error ? cause.message : String(cause), cause);
    });
  const classes = labels.length;
  const count = Object.values(feeds)[0]!.shape[0]!;
  if (probabilities?.length !== count * classes) {
    throw misfit(`it does not answer for ${classes} labels`);
  }
  if (distances && distance?.length !== count) throw misfit("it gives no distance");
  return Array.from({ length: count }, (_, row) => ({
    probabilities: probabilities.slice(row * classes, (row + 1) * classes),
    ...(distances && { distance: distance![row]! }),
  }));
}

function misfit(problem: string, cause?: unknown): UndertoneError {
  const message = `The model's network does not fit its card (${problem}). Get its file again or train anew.`;
  return new UndertoneError("model-invalid", message, { cause });
}
