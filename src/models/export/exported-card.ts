import { decodeModel } from "../../graph/model-proto.ts";
import { UndertoneError } from "../../shared/errors.ts";
import type { EncoderLayers } from "../encoder-layers.ts";
import {
  isSentenceModel,
  isTextModel,
  predictsDimensions,
  readDimensionCard,
  readModelCard,
  readTextModelCard,
} from "../model-card.ts";
import type { ExportedModel } from "./exported-model.ts";

/**
 * Returns the card of a model that can be exported.
 * @throws UndertoneError `model-invalid`, also for a text model whose sentence encoder is not known
 */
export function exportedCard(model: Uint8Array): ExportedModel["card"] {
  if (
    !isSentenceModel(model) &&
    decodeModel(model).graph.input.some(({ name }) => sentenceInputs.includes(name))
  ) {
    throw new UndertoneError(
      "model-invalid",
      'An earlier version made this file, which does not say which sentence encoder the model is for. Train it again by its recipe, with "undertone train".',
    );
  }
  if (predictsDimensions(model)) return readDimensionCard(model);
  return isTextModel(model) ? readTextModelCard(model) : readModelCard(model);
}

/** Inputs of the models over a sentence encoder. */
const sentenceInputs: readonly string[] = ["sentence", "subwords"];

/** Returns the speech encoders whose files a model needs. */
export const encodersOf = (card: ExportedModel["card"]): readonly EncoderLayers[] =>
  "sampleRate" in card ? (card.encoders ?? []) : [];
