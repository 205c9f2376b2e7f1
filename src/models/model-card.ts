import { z } from "zod";
import { readMetadata } from "../graph/emit.ts";
import { UndertoneError } from "../shared/errors.ts";
import { encoderNames } from "./speech-encoder.ts";

const wordsSchema = z.object({
  /** The first words of an utterance, which are all that the model reads. */
  length: z.int().positive(),
  vocabulary: z.array(z.string().min(1)).readonly(),
});

const common = {
  name: z.string(),
  /** The classes, in the order of the probabilities. */
  labels: z.array(z.string()).min(2).readonly(),
  /** Divided the logits already: probabilities are calibrated. */
  temperature: z.number().positive(),
  /** Data, licence, recipe, seed, scores: whatever repeats or judges the training. */
  provenance: z.record(z.string(), z.unknown()),
};

/** Of a model that hears, and perhaps reads what was said too. */
const modelCardSchema = z.object({
  ...common,
  /** Hz */
  sampleRate: z.int().positive(),
  /** Length of the waveform that the model takes. */
  windowSec: z.number().positive(),
  /** There where the model takes words too. */
  words: wordsSchema.optional(),
  /** There where the model takes hand-made features too: how they are made. */
  contours: z
    .object({
      nFft: z.int().positive(),
      hopLength: z.int().positive(),
      frames: z.int().positive(),
      rangeDb: z.number().positive(),
    })
    .optional(),
  /** There where the model is a head over layers of pretrained encoders, whose files are not in its own. */
  encoders: z
    .array(z.object({ name: z.enum(encoderNames), layers: z.array(z.int().min(-1)).min(1) }))
    .min(1)
    .readonly()
    .optional(),
});

/** Of a model that reads only. */
const wordModelCardSchema = z.strictObject({ ...common, words: wordsSchema });

/** What the file of a model that hears says of itself. */
export type ModelCard = Readonly<z.infer<typeof modelCardSchema>>;

/** What the file of a model that reads only says of itself. */
export type WordModelCard = Readonly<z.infer<typeof wordModelCardSchema>>;

/** Where a card stands in the metadata of an ONNX file. */
export const cardKey = "undertone";

/**
 * The card of a model that hears.
 * @throws UndertoneError `model-invalid` when the bytes are no ONNX model or hold no such card
 */
export function readModelCard(bytes: Uint8Array): ModelCard {
  const card = modelCardSchema.safeParse(cardIn(bytes));
  if (card.success) return card.data;
  throw new UndertoneError(
    "model-invalid",
    "This ONNX file is not a model of Undertone: its metadata holds no card that can be read.",
    { cause: card.error },
  );
}

/**
 * The card of a model that reads only.
 * @throws UndertoneError `model-invalid` when the bytes are no ONNX model or hold no such card
 */
export function readWordModelCard(bytes: Uint8Array): WordModelCard {
  const card = wordModelCardSchema.safeParse(cardIn(bytes));
  if (card.success) return card.data;
  throw new UndertoneError(
    "model-invalid",
    "This ONNX file is not a model of Undertone that reads words: its metadata holds no such card.",
    { cause: card.error },
  );
}

function cardIn(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(readMetadata(bytes)[cardKey] ?? "null");
  } catch (error) {
    if (error instanceof UndertoneError) throw error;
    return undefined;
  }
}
