import { dirname } from "node:path";
import { catalog } from "../downloads/catalog.ts";
import { verifyModel } from "../downloads/stored-models.ts";
import { runtimeOf, type RuntimeName } from "../graph/runtime.node.ts";
import type { EncoderLayers, EncoderName } from "../models/encoder-layers.ts";
import { SpeechEncoder } from "../models/speech-encoder.ts";
import {
  providedFiles,
  readLocation,
  sha256Of,
  type ModelSourceOptions,
} from "./model-sources.node.ts";

/**
 * Returns the file of a published encoder, every byte of it checked: a damaged encoder gives plausible features that would
 * be kept in caches. What is missing, or was damaged since, is downloaded first.
 * @throws UndertoneError what getting the file throws
 */
export async function encoderFile(
  name: EncoderName,
  options: ModelSourceOptions,
): Promise<Uint8Array> {
  const read = async (): Promise<Uint8Array> => {
    const { encoder } = await providedFiles(name, options);
    return readLocation(encoder!, options.signal);
  };
  const bytes = await read();
  if (sha256Of(bytes) === catalog[name].files.encoder.sha256) return bytes;
  const { folder } = await providedFiles(name, options);
  await verifyModel(dirname(String(folder)), name, options.signal);
  return read();
}

/** Opens it. @throws UndertoneError what getting its file throws */
export async function openEncoder(
  config: EncoderLayers,
  options: ModelSourceOptions & {
    readonly threads?: number | undefined;
    readonly runtime?: RuntimeName | undefined;
  },
): Promise<SpeechEncoder> {
  const file = await encoderFile(config.name, options);
  const { threads, runtime } = options;
  return SpeechEncoder.open(runtimeOf(runtime), file, { ...config, threads });
}
