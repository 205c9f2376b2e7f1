import { decodeModel } from "../../graph/model-proto.ts";
import { UndertoneError } from "../../shared/errors.ts";
import type { EncoderLayers } from "../encoder-layers.ts";
import {
  isSentenceModel,
  isTextModel,
  predictsDimensions,
  readDimensionCard,
  readModelCard,
  readSentenceModelCard,
  readTextModelCard,
  type SentenceModelCard,
} from "../model-card.ts";
import { namedSentenceEncoder } from "../sentence-encoders.ts";
import type { ExportedModel } from "./exported-model.ts";

/**
 * Returns the card of a model that can be exported.
 * @throws UndertoneError `model-invalid`, also for a text model whose sentence encoder is not known
 */
export function exportedCard(model: Uint8Array): ExportedModel["card"] {
  if (isSentenceModel(model)) return knownSentenceCard(model);
  if (decodeModel(model).graph.input.some(({ name }) => sentenceInputs.includes(name))) {
    throw unknownEncoder(
      "An earlier version made this file, which does not say which sentence encoder the model is for.",
    );
  }
  if (predictsDimensions(model)) return readDimensionCard(model);
  return isTextModel(model) ? readTextModelCard(model) : readModelCard(model);
}

/** Inputs of the models over a sentence encoder. */
const sentenceInputs: readonly string[] = ["sentence", "subwords"];

function knownSentenceCard(model: Uint8Array): SentenceModelCard {
  const card = readSentenceModelCard(model);
  const { name, ...files } = card.sentenceEncoder;
  const known = namedSentenceEncoder(name);
  if (files.model === known.model && files.tokenizer === known.tokenizer) return card;
  throw unknownEncoder(`The model is for other files of ${name} than this version takes.`);
}

const unknownEncoder = (problem: string): UndertoneError =>
  new UndertoneError(
    "model-invalid",
    `${problem} Train it again by its recipe, with "undertone train", and export that.`,
  );

/** Returns the speech encoders whose files a model needs. */
export const encodersOf = (card: ExportedModel["card"]): readonly EncoderLayers[] =>
  "sampleRate" in card ? (card.encoders ?? []) : [];
