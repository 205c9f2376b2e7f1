import { z } from "zod";
import { readMetadata } from "../graph/emit.ts";
import { UndertoneError } from "../shared/errors.ts";
import { encoderNames, encoderSampleRate, speechEncoders } from "./speech-encoder.ts";

/** No model has more samples, words or frames; a file that asks for them is damaged or hostile. */
const most = 2 ** 24;
const size = z.int().positive().max(most);

const isUnique = (values: readonly unknown[]): boolean => new Set(values).size === values.length;

const isRising = (values: readonly number[]): boolean =>
  values.every((value, index) => index === 0 || value >= values[index - 1]!);

const wordsSchema = z.object({
  /** The first words of an utterance, which are all that the model reads. */
  length: size,
  vocabulary: z.array(z.string().min(1)).refine(isUnique, "a word stands twice").readonly(),
});

const layersSchema = z
  .object({ name: z.enum(encoderNames), layers: z.array(z.int().min(-1)).min(1) })
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
  /** Data, license, recipe, seed, scores: whatever repeats or judges the training. */
  provenance: z.record(z.string(), z.unknown()),
};

/** Of a model that usesAudio, and perhaps reads what was said too. */
const modelCardSchema = z
  .object({
    ...common,
    /** Hz */
    sampleRate: size,
    /** Length of the waveform that the model takes. */
    windowSec: z.number().positive(),
    /** Where in a clip training laid the window. */
    window: z.enum(["start", "speech"]).default("speech"),
    /** Mean of the centerd logits [labels] that neutral speech gets, of many speakers: what enrollment compares with. */
    neutral: z.array(z.number()).readonly().optional(),
    /** There where the model takes words too. */
    words: wordsSchema.optional(),
    /** There where the model takes hand-made features too: how they are made. */
    descriptors: z
      .object({
        nFft: size,
        hopLength: size,
        frames: size,
        rangeDb: z.number().positive(),
      })
      .optional(),
    /** There where the model is a head over layers of pretrained encoders, whose files are not in its own. */
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
     * There where the model gives a `distance` too: quantiles of it over validation clips, from the least to the
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

/** Of a model that reads only. */
const wordModelCardSchema = z.strictObject({ ...common, words: wordsSchema });

/** What the file of a model that usesAudio says of itself. */
export type ModelCard = Readonly<z.infer<typeof modelCardSchema>>;

/** What the file of a model that reads only says of itself. */
export type TextModelCard = Readonly<z.infer<typeof wordModelCardSchema>>;

/** Where a card stands in the metadata of an ONNX file. */
export const cardKey = "undertone";

/**
 * The card of a model that usesAudio.
 * @throws UndertoneError `model-invalid` when the bytes are no ONNX model or hold no such card
 */
export function readModelCard(bytes: Uint8Array): ModelCard {
  return parseCard(modelCardSchema, bytes, "usesAudio");
}

/**
 * The card of a model that reads only.
 * @throws UndertoneError `model-invalid` when the bytes are no ONNX model or hold no such card
 */
export function readTextModelCard(bytes: Uint8Array): TextModelCard {
  return parseCard(wordModelCardSchema, bytes, "reads words");
}

function parseCard<Card>(schema: z.ZodType<Card>, bytes: Uint8Array, does: string): Card {
  const content = cardIn(bytes);
  const card = schema.safeParse(content);
  if (card.success) return card.data;
  const [first] = card.error.issues;
  const place = first?.path.length ? `${first.path.join(".")}: ` : "";
  const problem =
    content === null
      ? "its metadata holds no card"
      : `its card does not fit (${place}${first?.message}); another version may have made it`;
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
