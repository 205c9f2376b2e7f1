import { readFile } from "node:fs/promises";
import { modelFiles, type ModelOptions } from "../downloads/model-files.ts";
import { nodeRuntime } from "../graph/runtime.node.ts";
import { SpeechEncoder, type EncoderName, type HeardLayers } from "../models/speech-encoder.ts";
import { UndertoneError } from "../shared/errors.ts";
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

/** Opens it. @throws UndertoneError what getting its file throws, and `model-invalid` for one that was damaged since or another's adapter */
export async function openEncoder(
  heard: HeardLayers,
  options: ModelOptions & { readonly threads?: number | undefined },
): Promise<SpeechEncoder> {
  const { threads, ...where } = options;
  const file = await encoderFile(heard.name, where);
  return SpeechEncoder.open(nodeRuntime, file, { ...heard, threads }).catch((error: unknown) => {
    if (!(error instanceof UndertoneError)) throw error;
    const adapted = heard.adapter ? ", with the adapter that the model's file carries" : "";
    const message = `The encoder ${heard.name} of the model store${adapted}: ${error.message} To find damage: undertone models verify ${heard.name}`;
    throw new UndertoneError(error.code, message, { cause: error });
  });
}
