import { readFile } from "node:fs/promises";
import { modelFiles, type ModelOptions } from "../downloads/model-files.ts";
import { nodeRuntime } from "../graph/runtime.node.ts";
import { SentenceEncoder, type SentenceEncoderFiles } from "../models/sentence-encoder.ts";
import type { SentenceEncoderName } from "../models/sentence-encoders.ts";
import type { ProgressListener } from "../shared/logger.ts";

/**
 * Opens a pretrained encoder of sentences from the model store.
 * @throws UndertoneError `model-invalid`, and what getting its files throws
 */
export async function openSentenceEncoder(
  name: SentenceEncoderName,
  options: {
    readonly threads: number | undefined;
    readonly onProgress: ProgressListener;
    readonly signal: AbortSignal | undefined;
  },
): Promise<SentenceEncoder> {
  const files = await sentenceEncoderFiles(name, options);
  return SentenceEncoder.open(nodeRuntime, files, options);
}

/** Reads a pretrained encoder's files from the model store. @throws UndertoneError what getting them throws */
export async function sentenceEncoderFiles(
  name: SentenceEncoderName,
  options: ModelOptions,
): Promise<SentenceEncoderFiles> {
  const files = await modelFiles(name, options);
  const [model, tokenizer] = await Promise.all([
    readFile(files.model),
    readFile(files.tokenizer, "utf8"),
  ]);
  return { model, tokenizer };
}
