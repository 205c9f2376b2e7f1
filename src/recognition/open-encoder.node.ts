import { readFile } from "node:fs/promises";
import { modelFiles, type ModelOptions } from "../downloads/model-files.ts";
import { nodeRuntime } from "../graph/runtime.node.ts";
import { SpeechEncoder, type EncoderName, type HeardLayers } from "../models/speech-encoder.ts";
import { fileError } from "../shared/files.node.ts";

/**
 * The file of a published encoder of speech, out of the model store; what is missing is downloaded first.
 * @throws UndertoneError what getting the file throws
 */
export async function encoderFile(name: EncoderName, where: ModelOptions): Promise<Uint8Array> {
  const { encoder } = await modelFiles(name, where);
  return readFile(encoder).catch((error: unknown) => {
    throw fileError(encoder, error);
  });
}

/** Opens it. @throws UndertoneError what getting its file throws */
export async function openEncoder(
  heard: HeardLayers,
  options: ModelOptions & { readonly threads?: number | undefined },
): Promise<SpeechEncoder> {
  const { threads, ...where } = options;
  return SpeechEncoder.open(nodeRuntime, await encoderFile(heard.name, where), {
    ...heard,
    threads,
  });
}
