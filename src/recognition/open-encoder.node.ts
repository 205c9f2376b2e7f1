import { readFile } from "node:fs/promises";
import { modelFiles, type ModelOptions } from "../downloads/model-files.ts";
import { nodeRuntime } from "../graph/runtime.node.ts";
import { SpeechEncoder, type HeardLayers } from "../models/speech-encoder.ts";
import { fileError } from "../shared/files.node.ts";

/**
 * Opens a published encoder of speech out of the model store; what is missing is downloaded first.
 * @throws UndertoneError what getting its file throws
 */
export async function openEncoder(
  heard: HeardLayers,
  options: ModelOptions & { readonly threads?: number | undefined } = {},
): Promise<SpeechEncoder> {
  const { threads, ...where } = options;
  const { encoder } = await modelFiles(heard.name, where);
  const file = await readFile(encoder).catch((error: unknown) => {
    throw fileError(encoder, error);
  });
  return SpeechEncoder.open(nodeRuntime, file, { ...heard, threads });
}
