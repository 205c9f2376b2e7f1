import { z } from "zod";
import { readMetadata } from "../graph/emit.ts";
import { UndertoneError } from "../shared/errors.ts";
import { encoderNames, encoderSampleRate, speechEncoders } from "./encoder-layers.ts";

/** No model has more samples, words or frames; a file that asks for them is damaged or hostile. */
const most = 2 ** 24;
const size = z.int().positive().max(most);

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
  /** The classes, in the order of the probabilities. */
  labels: z.array(z.string()).min(2).refine(isUnique, "a label stands twice").readonly(),
  /** Divided the logits already: probabilities are calibrated. */
  temperature: z.number().positive(),
  /** Data, license, recipe, seed, scores: what repeats and evaluates the training. */
  provenance: z.record(z.string(), z.unknown()),
};

/** The card of an audio model, or of one of audio and text. */
const modelCardSchema = z
  .object({
    ...common,
    /** Hz */
    sampleRate: size,
    /** Length of the waveform that the model takes. */
    windowSec: z.number().positive(),
    /** Where in a clip training laid the window. */
    window: z.enum(["start", "speech"]).default("speech"),
    /** Mean of the centered logits [labels] that neutral speech gets, of many speakers: the reference of speaker adaptation. */
    neutral: z.array(z.number()).readonly().optional(),
    /** Present where the model takes words too. */
    words: wordsSchema.optional(),
    /** Present where the model takes hand-made features too: how they are made. */
    descriptors: z
      .object({
        nFft: size,
        hopLength: size,
        frames: size,
        rangeDb: z.number().positive(),
      })
      .optional(),
    /** Present where the model is a head over layers of pretrained encoders, whose files are not in its own. */
    encoders: z
      .array(layersSchema)
      .min(1)
      .refine(
        (selections) => isUnique(selections.map(({ name }) => name)),
        "an encoder stands twice",
      )
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
  .refine(({ sampleRate, windowSec }) => sampleRate * windowSec <= most, "its window is too long")
  .refine(
    ({ encoders, sampleRate }) => encoders === undefined || sampleRate === encoderSampleRate,
    `encoders take ${encoderSampleRate} Hz`,
  );

/** Of a text model. */
const wordModelCardSchema = z.strictObject({ ...common, words: wordsSchema });

/** The model card of a model that takes sound, and perhaps words. */
export type ModelCard = Readonly<z.infer<typeof modelCardSchema>>;

/** The model card of a text model. */
export type TextModelCard = Readonly<z.infer<typeof wordModelCardSchema>>;

/** Key of the model card in the metadata of an ONNX file. */
export const cardKey = "undertone";

/**
 * Reads the model card of a model that takes sound.
 * @throws UndertoneError `model-invalid` when the bytes are no ONNX model or hold no such model card
 */
export function readModelCard(bytes: Uint8Array): ModelCard {
  return parseCard(modelCardSchema, bytes, "takes sound");
}

/**
 * Reads the model card of a text model.
 * @throws UndertoneError `model-invalid` when the bytes are no ONNX model or hold no such model card
 */
export function readTextModelCard(bytes: Uint8Array): TextModelCard {
  return parseCard(wordModelCardSchema, bytes, "takes words only");
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
