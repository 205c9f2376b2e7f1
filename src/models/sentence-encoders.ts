import { publishedFiles } from "../shared/published-files.ts";

/** The pretrained encoders of sentences, by their names in the model store. */
export const sentenceEncoderNames = ["minilm"] as const;

export type SentenceEncoderName = (typeof sentenceEncoderNames)[number];

/** Numbers in a sentence's vector. */
export const sentenceWidths: Readonly<Record<SentenceEncoderName, number>> = { minilm: 384 };

/** Subword tokens of a sentence that are encoded, those of its start and end included. */
export const longestSentence = 64;

/** A sentence encoder as a model card names it: by its name and the SHA-256 of its files. */
export interface NamedSentenceEncoder {
  readonly name: SentenceEncoderName;
  readonly model: string;
  readonly tokenizer: string;
}

/** Returns how a model card names an encoder. */
export function namedSentenceEncoder(name: SentenceEncoderName): NamedSentenceEncoder {
  const { model, tokenizer } = publishedFiles[name];
  return { name, model: model.sha256, tokenizer: tokenizer.sha256 };
}
