import type { Split } from "../datasets/splits.ts";
import { readAdapter, type Adapter } from "../models/adapter.ts";
import { readModelCard } from "../models/model-card.ts";
import type { EncoderName } from "../models/speech-encoder.ts";
import { findVoiceModel, type ModelFile } from "../recognition/voice-model.node.ts";
import { UndertoneError } from "../shared/errors.ts";
import { adapterHash } from "./adapter-hash.ts";
import { readProvenance } from "./provenance.ts";
import { heardLayers, type Recipe } from "./recipe.ts";
import type { RunInfo } from "./run-folder.ts";

interface BorrowedAdapter {
  readonly adapter: Adapter;
  /** The model that it was taken from, as the recipe names it. */
  readonly model: string;
  /** Names of the corpora that it was trained on. */
  readonly trainedOn: readonly string[];
}

/** What a recipe adds to the weights of encoders, by the encoder's name. */
export type Adapters = Readonly<Partial<Record<EncoderName, BorrowedAdapter>>>;

/**
 * Reads the adapters that a recipe takes out of other models.
 * @throws UndertoneError `file-not-found`, `file-unreadable`, and `model-invalid` for a model that has none for the encoder
 */
export async function gatherAdapters(recipe: Recipe): Promise<Adapters> {
  const adapters: { -readonly [Name in keyof Adapters]: Adapters[Name] } = {};
  for (const { name, adapterOf: model } of heardLayers(recipe).encoders) {
    if (model === undefined) continue;
    const file = await findVoiceModel(model);
    adapters[name] = { ...borrowed(file, name), model };
  }
  return adapters;
}

function borrowed({ path, bytes }: ModelFile, name: EncoderName): Omit<BorrowedAdapter, "model"> {
  try {
    const adapter = readAdapter(bytes, name);
    if (adapter.size > 0) {
      return { adapter, trainedOn: readProvenance(readModelCard(bytes)).trainedOn };
    }
  } catch (error) {
    if (!(error instanceof UndertoneError)) throw error;
    throw new UndertoneError(error.code, `${path}: ${error.message}`, { cause: error });
  }
  const message = `${path} carries no adapter of ${name}. A model does that was trained with tuning.rank in its recipe.`;
  throw new UndertoneError("model-invalid", message);
}

/** Adapters as `run.json` has them. */
export function recordOf(adapters: Adapters): NonNullable<RunInfo["adapters"]> {
  return Object.entries(adapters).map(([encoder, { model, adapter }]) => ({
    encoder,
    model,
    sha256: adapterHash(adapter),
  }));
}

/** Names of the corpora that adapters were trained on. */
export function corporaOf(adapters: Adapters): string[] {
  return [...new Set(Object.values(adapters).flatMap(({ trainedOn }) => trainedOn))];
}

/** @throws UndertoneError `split-leaks` when an adapter has heard speakers that the splits are to be tested on */
export function assertStrangers(
  adapters: Adapters,
  { corpus, splits }: { readonly corpus: string; readonly splits: readonly Split[] },
): void {
  if (splits.every(({ test }) => test.length === 0)) return;
  for (const { model, trainedOn } of Object.values(adapters)) {
    if (!trainedOn.includes(corpus)) continue;
    throw new UndertoneError(
      "split-leaks",
      `The adapter of ${model} was trained on ${corpus} and may know the test speakers. ` +
        "Take an adapter that learned from other corpora, or --protocol all, which tests nobody.",
    );
  }
}
