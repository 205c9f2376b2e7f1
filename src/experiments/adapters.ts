import { readAdapter, type Adapter } from "../models/adapter.ts";
import type { EncoderName } from "../models/speech-encoder.ts";
import { findVoiceModel } from "../recognition/voice-model.node.ts";
import { UndertoneError } from "../shared/errors.ts";
import { heardLayers, type Recipe } from "./recipe.ts";

/** What a recipe adds to the weights of encoders, by the encoder's name. */
export type Adapters = Readonly<Partial<Record<EncoderName, Adapter>>>;

/**
 * Reads the adapters that a recipe takes out of other models.
 * @throws UndertoneError `file-not-found`, `file-unreadable`, and `model-invalid` for a model that has none for the encoder
 */
export async function gatherAdapters(recipe: Recipe): Promise<Adapters> {
  const adapters: { -readonly [Name in keyof Adapters]: Adapters[Name] } = {};
  for (const { name, adapterOf } of heardLayers(recipe).encoders) {
    if (adapterOf === undefined) continue;
    const { path, bytes } = await findVoiceModel(adapterOf);
    const adapter = readAdapter(bytes, name);
    if (adapter.size === 0) {
      const message = `${path} carries no adapter of ${name}. A model does that was trained with tuning.rank in its recipe.`;
      throw new UndertoneError("model-invalid", message);
    }
    adapters[name] = adapter;
  }
  return adapters;
}
