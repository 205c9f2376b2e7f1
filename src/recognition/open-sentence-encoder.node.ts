import { nodeRuntime } from "../graph/runtime.node.ts";
import type { Runtime } from "../graph/session.ts";
import { SentenceEncoder, type SentenceEncoderFiles } from "../models/sentence-encoder.ts";
import type { SentenceEncoderName } from "../models/sentence-encoders.ts";
import { readGiven } from "../shared/files.node.ts";
import { providedFiles, type ModelSourceOptions } from "./model-sources.node.ts";

/**
 * Opens a pretrained encoder of sentences.
 * @throws UndertoneError `model-invalid`, and what getting its files throws
 */
export async function openSentenceEncoder(
  name: SentenceEncoderName,
  options: ModelSourceOptions & {
    readonly threads?: number | undefined;
    /** `nodeRuntime` by default. */
    readonly runtime?: Runtime | undefined;
  },
): Promise<SentenceEncoder> {
  const { runtime = nodeRuntime, threads } = options;
  return SentenceEncoder.open(runtime, await sentenceEncoderFiles(name, options), { threads });
}

/** Reads a pretrained encoder's files. @throws UndertoneError what getting them throws */
export async function sentenceEncoderFiles(
  name: SentenceEncoderName,
  options: ModelSourceOptions,
): Promise<SentenceEncoderFiles> {
  const { model, tokenizer } = await providedFiles(name, options);
  const [bytes, content] = await Promise.all([readGiven(model!), readGiven(tokenizer!)]);
  return { model: bytes, tokenizer: new TextDecoder().decode(content) };
}
