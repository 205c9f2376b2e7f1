import { fileURLToPath } from "node:url";
import { readModelCard } from "../models/model-card.ts";
import { UndertoneError } from "../shared/errors.ts";
import { nearest } from "../shared/nearest.ts";
import { shippedTextModel, speakerModel, voiceModels } from "../shared/shipped-models.ts";
import {
  providedFiles,
  readLocation,
  type FileLocation,
  type ModelSourceOptions,
} from "./model-sources.node.ts";

/** Path of a model that comes with the package. */
export const shippedModel = (name: string): string =>
  fileURLToPath(new URL(`../../models/${name}.onnx`, import.meta.url));

/** The text model that comes with the package. */
export const defaultTextModelPath = shippedModel(shippedTextModel);

/** A model's file, read. */
export interface ModelFile {
  /** What to call it in messages. */
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** An audio model, found. */
export interface VoiceModel extends ModelFile {
  /** What is degraded by it. */
  readonly warnings: readonly string[];
}

/**
 * Finds an audio model: a file, or one that comes with the package by its name. Without a name it is the default one, or
 * the small one where the encoder of the default one cannot be had.
 * @throws UndertoneError `cancelled`, `file-not-found`, `file-unreadable`, `network-failed`, `usage` for the name of another kind of model
 */
export async function findVoiceModel(
  model: FileLocation | undefined,
  options: ModelSourceOptions = {},
): Promise<VoiceModel> {
  if (model !== undefined) {
    const shipped = voiceModels.find((name) => name === model);
    const location = shipped === undefined ? model : shippedModel(shipped);
    const file = await readModel(location, options.signal).catch((error: unknown) => {
      throw unknownName(model, error);
    });
    return { ...file, warnings: [] };
  }
  const file = await readModel(shippedModel("default"));
  const { encoders = [] } = readModelCard(file.bytes);
  try {
    for (const { name } of encoders) await providedFiles(name, options);
    return { ...file, warnings: [] };
  } catch (error) {
    if (!(error instanceof UndertoneError) || error.code === "cancelled") throw error;
    const warning = `Using the less accurate "small" model: the default model's encoder could not be downloaded. ${error.message}`;
    return { ...(await readModel(shippedModel("small"))), warnings: [warning] };
  }
}

/** What comes with the package beside audio models. */
const otherModels: Readonly<Record<string, string>> = {
  [shippedTextModel]: "text model",
  [speakerModel]: "speaker embedding",
};

/** Returns the error that names the nearest model where a name is none, or else the error as it is. */
function unknownName(model: FileLocation, error: unknown): unknown {
  if (!(error instanceof UndertoneError) || error.code !== "file-not-found") return error;
  if (typeof model !== "string" || !/^[\w-]+$/.test(model)) return error;
  const kind = otherModels[model];
  if (kind !== undefined) {
    const message = `${model} is a ${kind}, not an audio model. Included: ${voiceModels.join(", ")}.`;
    return new UndertoneError("usage", message, { cause: error });
  }
  const guess = nearest(model, voiceModels);
  const hint = guess === undefined ? "" : ` Did you mean ${guess}?`;
  const message = `There is no model ${model}.${hint} Included: ${voiceModels.join(", ")}; a file is named by its path.`;
  return new UndertoneError("file-not-found", message, { cause: error });
}

/** @throws UndertoneError `file-not-found`, `file-unreadable`, `network-failed` */
export async function readModel(location: FileLocation, signal?: AbortSignal): Promise<ModelFile> {
  const path = location instanceof Uint8Array ? "The model" : String(location);
  return { path, bytes: await readLocation(location, signal) };
}

/** Does work with a model's file; what is wrong with it names the file. */
export async function inFile<Result>(
  path: string,
  work: () => Promise<Result> | Result,
): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof UndertoneError)) throw error;
    const { code, message, cause = error } = error;
    throw new UndertoneError(code, `${path}: ${message}`, { cause });
  }
}
