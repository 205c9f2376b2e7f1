import { z } from "zod";
import { readMetadata } from "../graph/metadata.ts";
import { dimensionNames } from "../shared/dimensions.ts";
import { UndertoneError } from "../shared/errors.ts";
import { isObject } from "../shared/is-object.ts";
import { encoderNames, encoderSampleRate, speechEncoders } from "./encoder-layers.ts";
import { namedSentenceEncoder, sentenceEncoderNames } from "./sentence-encoders.ts";

/** No model has more of anything, nor takes longer sound; a file that asks for it is damaged or hostile. */
const most = 2 ** 16;
const mostSamples = 2 ** 22;
const leastWindowSec = 0.05;
const size = z.int().positive().max(most);
/** Differences of log probabilities; more than any that numbers of 32 bits can have. */
const logit = z.number().min(-1000).max(1000);
const rating = z.number().min(-1e6).max(1e6);
const rangeDb = z.number().positive().max(1000);

const isUnique = (values: readonly unknown[]): boolean => new Set(values).size === values.length;

const isRising = (values: readonly number[]): boolean =>
  values.every((value, index) => index === 0 || value >= values[index - 1]!);

const wordsSchema = z.object({
  /** The first words of an utterance, which are all that the model takes. */
  length: size,
  vocabulary: z.array(z.string().min(1)).refine(isUnique, "a word stands twice").readonly(),
});

const layersSchema = z
  .strictObject({ name: z.enum(encoderNames), layers: z.array(z.int().min(-1)).min(1) })
  .refine(({ layers }) => isUnique(layers), "a layer stands twice")
  .refine(
    ({ name, layers }) => layers.every((layer) => layer < speechEncoders[name].layers),
    "the encoder has no such layer",
  );

const common = {
  name: z.string(),
  /** Data, license, recipe, seed, scores: what repeats and evaluates the training. */
  provenance: z.record(z.string(), z.unknown()),
};

const classes = {
  /** The classes, in the order of the probabilities. */
  labels: z.array(z.string()).min(2).refine(isUnique, "a label stands twice").readonly(),
  /** Divided the logits already: probabilities are calibrated. */
  temperature: z.number().min(1e-3).max(1000),
};

/** What a model takes of a clip. */
const inputs = {
  /** Hz */
  sampleRate: z.int().positive().max(192_000),
  /** Length of the waveform that the model takes. Shorter ones hold no speech, and a recording has too many of them. */
  windowSec: z.number().min(leastWindowSec),
  /** Where in a clip training laid the window. */
  window: z.enum(["start", "speech"]).default("speech"),
  /** Present where the model takes words too. */
  words: wordsSchema.optional(),
  /** Present where the model takes hand-made features too: how they are made. */
  descriptors: z
    .object({
      nFft: size,
      hopLength: size,
      frames: size,
      rangeDb,
    })
    .refine(({ nFft, frames }) => nFft * frames <= mostSamples * 8, "its features are too large")
    .optional(),
  /** Present where the model is a head over layers of pretrained encoders, whose files are not in its own. */
  encoders: z
    .array(layersSchema)
    .min(1)
    .refine((selections) => isUnique(selections.map(({ name }) => name)), "an encoder stands twice")
    .readonly()
    .optional(),
};

type InputFields = z.output<z.ZodObject<typeof inputs>>;

const isShort = ({ sampleRate, windowSec }: InputFields): boolean =>
  sampleRate * windowSec <= mostSamples;

const hasEncoderRate = ({ encoders, sampleRate }: InputFields): boolean =>
  encoders === undefined || sampleRate === encoderSampleRate;

/** The card of an audio model, or of one of audio and text. */
const modelCardSchema = z
  .object({
    ...common,
    ...classes,
    ...inputs,
    /** Mean of the centered logits [labels] that neutral speech gets, of many speakers: the reference of speaker adaptation. */
    neutral: z.array(logit).readonly().optional(),
    /** How predictions become those of ordinary speech. */
    ordinary: z
      .object({
        neutralShare: z.number().gt(0).lt(1),
        speakerShare: z.number().min(0).max(1),
        bias: z.object({ adapted: logit, unknown: logit }).readonly(),
        evidence: z.array(logit).min(2).refine(isRising, "they do not rise").readonly(),
      })
      .readonly()
      .optional(),
    /** Present where the model gives as `distance` the log odds that nobody speaks: the probability above which it abstains. */
    notSpeech: z
      .object({ maxScore: z.number().gt(0).lt(1) })
      .readonly()
      .optional(),
    /**
     * Present where the model gives a `distance` too: quantiles of it over validation clips, from the least to the
     * greatest in equal steps.
     */
    distances: z
      .array(z.number().nonnegative())
      .min(2)
      .refine(isRising, "they do not rise")
      .readonly()
      .optional(),
  })
  .refine(
    ({ neutral, labels }) => neutral === undefined || neutral.length === labels.length,
    "neutral has another number of labels",
  )
  .refine(isShort, "its window is too long")
  .refine(hasEncoderRate, `encoders take ${encoderSampleRate} Hz`);

/** The card of a model of dimensions. */
const dimensionCardSchema = z
  .object({
    ...common,
    ...inputs,
    /** In the order of the outputs, each with the scale of the ratings that training had. */
    dimensions: z
      .array(z.object({ name: z.enum(dimensionNames), low: rating, high: rating }))
      .min(1)
      .refine((dimensions) => isUnique(dimensions.map(({ name }) => name)), "one stands twice")
      .refine((dimensions) => dimensions.every(({ low, high }) => low < high), "a scale is empty")
      .readonly(),
  })
  .refine(isShort, "its window is too long")
  .refine(hasEncoderRate, `encoders take ${encoderSampleRate} Hz`);

const textClasses = {
  ...common,
  ...classes,
  /** Mean of the centered logits [labels] of ordinary sentences, which are evidence of nothing. */
  neutral: z.array(logit).readonly().optional(),
};

/** Of a text model. */
const wordModelCardSchema = z.strictObject({ ...textClasses, words: wordsSchema });

const sha256 = z.hash("sha256");

/** Of a text model that takes the vectors of a pretrained sentence encoder or its subword tokens. */
const sentenceModelCardSchema = z.strictObject({
  ...textClasses,
  /** The SHA-256 of the files of the encoder and its tokenizer. */
  sentenceEncoder: z
    .strictObject({ name: z.enum(sentenceEncoderNames), model: sha256, tokenizer: sha256 })
    .readonly(),
});

/** The model card of a model that takes sound, and perhaps words. */
export type ModelCard = Readonly<z.infer<typeof modelCardSchema>>;

/** The model card of a model that takes sound, and perhaps words, and predicts dimensions in place of emotions. */
export type DimensionCard = Readonly<z.infer<typeof dimensionCardSchema>>;

/** The model card of a text model with a vocabulary. */
export type WordModelCard = Readonly<z.infer<typeof wordModelCardSchema>>;

/** The model card of a text model over a pretrained sentence encoder. */
export type SentenceModelCard = Readonly<z.infer<typeof sentenceModelCardSchema>>;

/** The model card of a text model. */
export type TextModelCard = WordModelCard | SentenceModelCard;

/** Key of the model card in the metadata of an ONNX file. */
export const cardKey = "undertone";

/**
 * Reads the model card of a model that takes sound.
 * @throws UndertoneError `model-invalid` when the bytes are no ONNX model or hold no such model card
 */
export function readModelCard(bytes: Uint8Array): ModelCard {
  if (predictsDimensions(bytes)) {
    const message =
      'This model predicts dimensions, such as arousal, and no emotions. "undertone test" scores it.';
    throw new UndertoneError("model-invalid", message);
  }
  if (isTextModel(bytes)) {
    throw new UndertoneError("model-invalid", "This is a text model, which takes no sound.");
  }
  return parseCard(modelCardSchema, bytes, "takes sound");
}

/**
 * Reads the model card of a text model.
 * @throws UndertoneError `model-invalid` when the bytes are no ONNX model or hold no such model card
 */
export function readTextModelCard(bytes: Uint8Array): TextModelCard {
  return isSentenceModel(bytes)
    ? readSentenceModelCard(bytes)
    : parseCard(wordModelCardSchema, bytes, "takes words only");
}

/**
 * Reads the model card of a text model over a pretrained sentence encoder.
 * @throws UndertoneError `model-invalid` when the bytes are no ONNX model or hold no such model card, or name other files of
 * the encoder
 */
export function readSentenceModelCard(bytes: Uint8Array): SentenceModelCard {
  const card = parseCard(sentenceModelCardSchema, bytes, "takes sentences");
  const { name, ...files } = card.sentenceEncoder;
  const known = namedSentenceEncoder(name);
  if (files.model === known.model && files.tokenizer === known.tokenizer) return card;
  throw new UndertoneError(
    "model-invalid",
    `The model is for other files of ${name} than this version takes. Train it again by its recipe, with "undertone train".`,
  );
}

/** Whether a file's model card names a sentence encoder. @throws UndertoneError `model-invalid` for no ONNX model */
export function isSentenceModel(bytes: Uint8Array): boolean {
  const card = cardIn(bytes);
  return isObject(card) && "sentenceEncoder" in card;
}

/** Whether a file's model card is that of a model of dimensions. @throws UndertoneError `model-invalid` for no ONNX model */
export function predictsDimensions(bytes: Uint8Array): boolean {
  const card = cardIn(bytes);
  return isObject(card) && "dimensions" in card;
}

/** Whether a file's model card is that of a text model. @throws UndertoneError `model-invalid` for no ONNX model */
export function isTextModel(bytes: Uint8Array): boolean {
  return wordModelCardSchema.safeParse(cardIn(bytes)).success || isSentenceModel(bytes);
}

/**
 * Reads the model card of a model of dimensions.
 * @throws UndertoneError `model-invalid` when the bytes are no ONNX model or hold no such model card
 */
export function readDimensionCard(bytes: Uint8Array): DimensionCard {
  return parseCard(dimensionCardSchema, bytes, "predicts dimensions");
}

function parseCard<Card>(schema: z.ZodType<Card>, bytes: Uint8Array, does: string): Card {
  const content = cardIn(bytes);
  const card = schema.safeParse(content);
  if (card.success) return card.data;
  const [first] = card.error.issues;
  const place = first?.path.length ? `${first.path.join(".")}: ` : "";
  const problem =
    content === null
      ? "its metadata holds no model card"
      : `its model card does not fit (${place}${first?.message}); another version may have made it`;
  throw new UndertoneError(
    "model-invalid",
    `This ONNX file is not a model of Undertone that ${does}: ${problem}.`,
    { cause: card.error },
  );
}

function cardIn(bytes: Uint8Array): unknown {
  const card = readMetadata(bytes)[cardKey];
  if (card === undefined) return null;
  try {
    return JSON.parse(card);
  } catch {
    return undefined;
  }
}
