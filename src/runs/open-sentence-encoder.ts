import { readFile } from "node:fs/promises";
import { modelFiles } from "../downloads/model-files.ts";
import { nodeRuntime } from "../graph/runtime.node.ts";
import { SentenceEncoder, type SentenceEncoderName } from "../models/sentence-encoder.ts";
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
  const files = await modelFiles(name, options);
  const [model, tokenizer] = await Promise.all([
    readFile(files.model),
    readFile(files.tokenizer, "utf8"),
  ]);
  return SentenceEncoder.open(nodeRuntime, { model, tokenizer }, options);
}
