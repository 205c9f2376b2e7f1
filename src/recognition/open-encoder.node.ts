import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { dirname } from "node:path";
import { catalog } from "../downloads/catalog.ts";
import { modelFiles, type ModelOptions } from "../downloads/model-files.ts";
import { verifyModel } from "../downloads/stored-models.ts";
import { nodeRuntime } from "../graph/runtime.node.ts";
import { SpeechEncoder, type EncoderName, type EncoderLayers } from "../models/speech-encoder.ts";
import { fileError } from "../shared/files.node.ts";

/**
 * The file of a published encoder of speech, out of the model store; what is missing, or was damaged since, is downloaded
 * first. Every byte counts: what a damaged encoder usesAudio looks like any other sound, and would be kept in caches.
 * @throws UndertoneError what getting the file throws
 */
export async function encoderFile(name: EncoderName, where: ModelOptions): Promise<Uint8Array> {
  const { encoder, folder } = await modelFiles(name, where);
  const bytes = await read(encoder);
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  if (sha256 === catalog[name].files.encoder.sha256) return bytes;
  await verifyModel(dirname(folder), name, where.signal);
  return read((await modelFiles(name, where)).encoder);
}

function read(path: string): Promise<Uint8Array> {
  return readFile(path).catch((error: unknown) => {
    throw fileError(path, error);
  });
}

/** Opens it. @throws UndertoneError what getting its file throws */
export async function openEncoder(
  heard: EncoderLayers,
  options: ModelOptions & { readonly threads?: number | undefined },
): Promise<SpeechEncoder> {
  const { threads, ...where } = options;
  const file = await encoderFile(heard.name, where);
  return SpeechEncoder.open(nodeRuntime, file, { ...heard, threads });
}
