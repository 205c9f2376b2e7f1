import { VoicingMeter } from "../audio/voicing.ts";
import { decodeModel } from "../graph/model-proto.ts";
import { Session, type Feeds, type Runtime } from "../graph/session.ts";
import { elementCount, type Shape } from "../graph/tensor.ts";
import { openTogether } from "../shared/closing.ts";
import { UndertoneError } from "../shared/errors.ts";
import { Vocabulary } from "../text/vocabulary.ts";
import {
  openClipInputs,
  type ClipInputs,
  type ClipInputSpec,
  type SpeechPart,
} from "./clip-inputs.ts";
import type { WindowPlace } from "./cut-window.ts";
import { floatsOf, stackInputs, wordInputs, type Inputs, type Transcript } from "./example.ts";
import {
  readModelCard,
  readTextModelCard,
  type ModelCard,
  type TextModelCard,
  type WordModelCard,
} from "./model-card.ts";
import type { EncoderLayers } from "./encoder-layers.ts";
import type { SentenceEncoder } from "./sentence-encoder.ts";
import type { SentenceEncoderName } from "./sentence-encoders.ts";
import type { HiddenLayers, OpenEncoder } from "./speech-encoder.ts";

/** What a model predicts of one window. */
export interface ModelOutput {
  /** [labels] */
  readonly probabilities: Float32Array;
  /** From the training data; there where the card has `distances` or `notSpeech` to read it by. */
  readonly distance?: number;
}

/** Predicts parts of speech that is encoded once as a whole. */
export interface SpeechPredictor {
  readonly encoder: EncoderLayers;
  /** Finds where someone speaks, at the model's sample rate. */
  readonly meter: VoicingMeter;
  /** Returns the encoder's layers of speech of at most 20 s, mono at the model's sample rate. */
  encode(speech: Float32Array): Promise<HiddenLayers>;
  /** Predicts each part; `words` are those of all. */
  predict(
    layers: HiddenLayers,
    parts: readonly SpeechPart[],
    words?: Transcript,
  ): Promise<ModelOutput[]>;
}

/** A model that is ready to predict. */
export interface EmotionModel {
  readonly card: ModelCard;
  /**
   * Predicts each window of `windowSec · sampleRate` mono samples; a model with words takes those of each window
   * too, and does without where they are not given.
   */
  predict(
    windows: readonly Float32Array[],
    words?: readonly (Transcript | undefined)[],
  ): Promise<ModelOutput[]>;
  /** There where the model takes the layers of one encoder, whose frames do not depend on where they are. */
  readonly speech?: SpeechPredictor | undefined;
  close(): Promise<void>;
}

/** A text model that is ready to predict. */
export interface LoadedTextModel {
  readonly card: TextModelCard;
  /** Returns the probabilities [labels] of each text. */
  probabilities(texts: readonly Transcript[]): Promise<Float32Array[]>;
  close(): Promise<void>;
}

interface LoadOptions {
  readonly threads?: number;
}

interface AudioLoadOptions extends LoadOptions {
  /** Opens the pretrained encoders of a model; needed by a model with some. */
  readonly openEncoder?: OpenEncoder;
}

interface TextLoadOptions extends LoadOptions {
  /** Opens the pretrained sentence encoder of a model; needed by a model with one. */
  readonly openSentenceEncoder?: ((name: SentenceEncoderName) => Promise<Sentences>) | undefined;
}

type Sentences = Pick<SentenceEncoder, "encode" | "subwords" | "close">;

/**
 * Loads a model that takes sound, as `exportBundle` made it.
 * @throws UndertoneError `model-invalid` when the bytes are no ONNX model or hold no model card
 */
export async function loadModel(
  bytes: Uint8Array,
  runtime: Runtime,
  { openEncoder, ...options }: AudioLoadOptions = {},
): Promise<EmotionModel> {
  const card = readModelCard(bytes);
  const { session, inputs } = await openTogether(async (keep) => {
    const opened = keep(await Session.open(runtime, bytes, options));
    const spec = cardInputs(card, opened.inputNames, "start");
    return { session: opened, inputs: await openClipInputs(spec, { runtime, openEncoder }) };
  });
  const samples = Math.round(card.windowSec * card.sampleRate);
  const feed = inputFeeder(card, inputs);
  const { parts } = inputs;
  return {
    card,
    speech: parts && {
      encoder: parts.encoder,
      meter: new VoicingMeter(card.sampleRate),
      encode: (speech) => parts.encode(speech),
      predict: (layers, wanted, words) => {
        const rows = wanted.map((part) => parts.of(layers, part));
        return predictRows(
          session,
          card,
          feed(
            rows,
            wanted.map(() => words),
          ),
        );
      },
    },
    async predict(windows, words = []) {
      if (windows.length === 0) return [];
      const wrong = windows.find((window) => window.length !== samples);
      if (wrong) {
        throw new RangeError(`predict: a window needs ${samples} samples, got ${wrong.length}`);
      }
      const rows: Inputs[] = [];
      for (const window of windows) rows.push(await inputs.of(async () => window));
      return predictRows(session, card, feed(rows, words));
    },
    close: async () => {
      await Promise.all([session.close(), inputs.close()]);
    },
  };
}

/**
 * Returns which inputs a model's file takes of a clip.
 * @param inputNames of its graph
 * @param place where in a clip its window lies
 */
export function cardInputs(
  {
    sampleRate,
    windowSec,
    descriptors,
    encoders,
  }: Pick<ModelCard, "sampleRate" | "windowSec" | "descriptors" | "encoders">,
  inputNames: readonly string[],
  place: WindowPlace,
): ClipInputSpec {
  const layers = encoders?.map((selection) => ({ ...selection, tuned: 0 }));
  return {
    window: { sampleRate, length: Math.round(sampleRate * windowSec), place },
    waveform: inputNames.includes("waveform"),
    ...(descriptors && { descriptors }),
    ...(layers && { encoders: { encoders: layers, longestSec: windowSec } }),
  };
}

/** Returns a function that stacks inputs of clips, and their words where the model takes some, into feeds. */
export function inputFeeder(
  { words }: Pick<ModelCard, "words">,
  { shapes }: Pick<ClipInputs, "shapes">,
): (rows: readonly Inputs[], texts: readonly (Transcript | undefined)[]) => Feeds {
  const wordsOf = words && wordFeeder(words);
  return (rows, texts) => {
    const isWhole = ([name, shape]: readonly [string, Shape]): boolean =>
      rows[0]![name]!.length === elementCount(shape);
    // A row that is alone and has no room for zeros is not copied.
    const isAlone = rows.length === 1 && Object.entries(shapes).every(isWhole);
    const stacked = isAlone ? rows[0]! : stackInputs(rows, shapes);
    const feeds = Object.entries(shapes).map(([name, shape]): [string, Feeds[string]] => [
      name,
      { data: floatsOf(stacked[name]!), shape: [rows.length, ...shape] },
    ]);
    return { ...Object.fromEntries(feeds), ...wordsOf?.(rows.map((_, index) => texts[index])) };
  };
}

/**
 * Loads a text model, as `exportBundle` made it.
 * @throws UndertoneError `model-invalid` when the bytes are no ONNX model or hold no such model card, and where its sentence
 * encoder cannot be opened here
 */
export async function loadTextModel(
  bytes: Uint8Array,
  runtime: Runtime,
  { openSentenceEncoder, ...options }: TextLoadOptions = {},
): Promise<LoadedTextModel> {
  const card = readTextModelCard(bytes);
  return openTogether(async (keep) => {
    const session = keep(await Session.open(runtime, bytes, options));
    const sentences =
      "sentenceEncoder" in card && openSentenceEncoder
        ? keep(await openSentenceEncoder(card.sentenceEncoder.name))
        : undefined;
    const feedOf =
      "words" in card ? wordFeeder(card.words) : sentenceFeeder(sentences, inputShapes(bytes));
    return {
      card,
      async probabilities(texts) {
        if (texts.length === 0) return [];
        const outputs = await predictRows(session, card, await feedOf(texts));
        return outputs.map(({ probabilities }) => probabilities);
      },
      close: async () => {
        await Promise.all([session.close(), sentences?.close()]);
      },
    };
  });
}

/** Returns the shapes of a model's inputs by name, 0 where they are free. */
function inputShapes(bytes: Uint8Array): Readonly<Record<string, readonly number[]>> {
  return Object.fromEntries(
    decodeModel(bytes).graph.input.map(({ name, type }) => {
      const dims = type?.value.case === "tensorType" ? (type.value.value.shape?.dim ?? []) : [];
      return [name, dims.map(({ value }) => (value.case === "dimValue" ? Number(value.value) : 0))];
    }),
  );
}

/** Returns a function that turns texts into vectors of sentences, or into their subword tokens where the model takes those. */
function sentenceFeeder(
  sentences: Sentences | undefined,
  { subwords: shape }: Readonly<Record<string, readonly number[]>>,
): (texts: readonly Transcript[]) => Promise<Feeds> {
  if (sentences === undefined) {
    const message =
      "This text model needs a pretrained sentence encoder, which cannot be had here.";
    throw new UndertoneError("model-invalid", message);
  }
  return async (texts) => {
    const length = shape?.at(-1);
    const rows =
      length === undefined
        ? await sentences.encode(texts.map(({ text }) => text))
        : texts.map(({ text }) => sentences.subwords(text).slice(0, length));
    const width = length ?? rows[0]!.length;
    const data = new Float32Array(rows.length * width);
    for (const [n, row] of rows.entries()) data.set(row, n * width);
    return {
      [length === undefined ? "sentence" : "subwords"]: { data, shape: [rows.length, width] },
    };
  };
}

/** Returns a function that turns texts into feeds; the confidence is 0 where there is no known word. */
function wordFeeder({
  length,
  vocabulary,
}: WordModelCard["words"]): (texts: readonly (Transcript | undefined)[]) => Feeds {
  const known = new Vocabulary(vocabulary);
  return (texts) => {
    const rows = texts.map((text) => wordInputs(known, text, length));
    const stacked = stackInputs(rows, { words: [length], wordConfidence: [1] });
    return {
      words: { data: floatsOf(stacked["words"]!), shape: [rows.length, length] },
      wordConfidence: { data: floatsOf(stacked["wordConfidence"]!), shape: [rows.length, 1] },
    };
  };
}

/**
 * Returns the outputs for each row that is fed; feeds that the graph does not take are left out.
 * @throws UndertoneError `model-invalid` when the graph does not fit its model card, or predicts what is no number
 */
export async function predictRows(
  session: Session,
  { labels, distances, notSpeech }: Pick<ModelCard, "labels" | "distances" | "notSpeech">,
  feeds: Feeds,
): Promise<ModelOutput[]> {
  const givesDistance = (distances ?? notSpeech) !== undefined;
  const outputs = await outputRows(session, feeds, {
    probabilities: labels.length,
    ...(givesDistance && { distance: 1 }),
  });
  const { probabilities, distance = [] } = outputs;
  if (!probabilities!.every(isDistribution)) {
    throw misfit("what it predicts are no probabilities: they do not add up to 1");
  }
  return probabilities!.map((row, index) => ({
    probabilities: row,
    ...(givesDistance && { distance: distance[index]![0]! }),
  }));
}

/**
 * Returns the named outputs of each row that is fed, of these widths; feeds that the graph does not take are left out.
 * @throws UndertoneError `model-invalid` when the graph does not have them, or predicts what is no number
 */
export async function outputRows(
  session: Session,
  feeds: Feeds,
  widths: Readonly<Record<string, number>>,
): Promise<Record<string, Float32Array[]>> {
  const taken = Object.entries(feeds).filter(([name]) => session.inputNames.includes(name));
  const outputs = await session.run(Object.fromEntries(taken)).catch((cause: unknown) => {
    throw misfit("it cannot be run", cause);
  });
  const count = Object.values(feeds)[0]!.shape[0]!;
  const rows = Object.entries(widths).map(([name, width]): [string, Float32Array[]] => {
    const values = outputs[name];
    if (values?.length !== count * width) throw misfit(`it gives no ${name} of width ${width}`);
    if (!values.every(Number.isFinite)) throw misfit("it predicts what is no number");
    return [
      name,
      Array.from({ length: count }, (_, row) => values.slice(row * width, (row + 1) * width)),
    ];
  });
  return Object.fromEntries(rows);
}

/** Of numbers of 16 bits too. */
const roundingSlack = 0.01;

function isDistribution(row: Float32Array): boolean {
  const sum = row.reduce((all, value) => all + value, 0);
  return Math.abs(sum - 1) < roundingSlack && row.every((value) => value > -roundingSlack);
}

function misfit(problem: string, cause?: unknown): UndertoneError {
  const message = `The model's network does not fit its model card (${problem}). Get its file again or train anew.`;
  return new UndertoneError("model-invalid", message, { cause });
}
