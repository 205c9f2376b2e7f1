import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { modelFiles, type ModelOptions } from "../downloads/model-files.ts";
import { readModelCard } from "../models/model-card.ts";
import { UndertoneError } from "../shared/errors.ts";
import { fileError } from "../shared/files.node.ts";

/** Path of a model that comes with the package. */
export const shippedModel = (name: string): string =>
  fileURLToPath(new URL(`../../models/${name}.onnx`, import.meta.url));

/** The models that come with the package and hear. */
export const voiceModels = ["default", "small", "crema-d"] as const;

/** A model's file, read. */
export interface ModelFile {
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** A model that usesAudio, found. */
export interface VoiceModel extends ModelFile {
  /** What is degraded by it. */
  readonly warnings: readonly string[];
}

/**
 * Finds the model that usesAudio: a file, or one that comes with the package by its name. Without a name it is the
 * default one, with the encoder that it usesAudio through; where that cannot be had, the small one.
 * @throws UndertoneError `cancelled`, `file-not-found` or `file-unreadable`
 */
export async function findVoiceModel(
  model: string | undefined,
  options: ModelOptions = {},
): Promise<VoiceModel> {
  if (model !== undefined) {
    const shipped = voiceModels.some((name) => name === model);
    return { ...(await readModel(shipped ? shippedModel(model) : model)), warnings: [] };
  }
  const file = await readModel(shippedModel("default"));
  const { encoders = [] } = readModelCard(file.bytes);
  try {
    for (const { name } of encoders) await modelFiles(name, options);
    return { ...file, warnings: [] };
  } catch (error) {
    if (!(error instanceof UndertoneError) || error.code === "cancelled") throw error;
    const warning = `The small model usesAudio, which is right less often: the default one's encoder cannot be had. ${error.message}`;
    return { ...(await readModel(shippedModel("small"))), warnings: [warning] };
  }
}

/** @throws UndertoneError `file-not-found` or `file-unreadable` */
export async function readModel(path: string): Promise<ModelFile> {
  try {
    return { path, bytes: await readFile(path) };
  } catch (error) {
    throw fileError(path, error);
  }
}
