import { sentenceBatch } from "../models/sentence-encoder.ts";
import { sentenceWidths, type SentenceEncoderName } from "../models/sentence-encoders.ts";
import type { Experiment } from "../recipes/recipe.ts";
import { throwIfCancelled } from "../shared/errors.ts";
import { withInputs, type ClipExample } from "./clip-example.ts";
import { contentHash, FeatureCache } from "./feature-cache.ts";
import type { RunOptions, SentenceReader } from "./training-request.ts";

interface Source {
  readonly experiment: Experiment;
  readonly encoder: SentenceEncoderName;
  readonly cacheFolder: string;
}

/** Raised when the way from a text to its vector changes, so that no cache serves old ones. */
const sentencesVersion = 1;

/**
 * Adds to each example the vector of its words by a pretrained sentence encoder, or their subword tokens where the model
 * takes those. A corpus's vectors are kept in one file of the cache.
 * @throws UndertoneError `cancelled`, and what getting the encoder throws
 */
export async function withSentences(
  examples: readonly ClipExample[],
  { experiment, encoder, cacheFolder }: Source,
  options: RunOptions,
): Promise<ClipExample[]> {
  const reader = (): Promise<SentenceReader> => options.openSentenceEncoder(encoder);
  if (experiment.model.inputs.includes("subwords")) {
    return withSubwords(examples, experiment.recipe.words.length, await reader());
  }
  const texts = examples.map(({ transcript }) => transcript!.text);
  const width = sentenceWidths[encoder];
  const cache = await FeatureCache.open(cacheFolder);
  const key = {
    content: contentHash(Buffer.from(JSON.stringify(texts))),
    parameters: { version: sentencesVersion, encoder },
    length: texts.length * width,
  };
  const vectors = await cache.floats(key, async () => encodeAll(texts, await reader(), options));
  return examples.map((example, row) =>
    withInputs(example, { sentence: vectors.subarray(row * width, (row + 1) * width) }),
  );
}

/** Ids of each text's first subword tokens, 0 behind the last: [length]. */
async function withSubwords(
  examples: readonly ClipExample[],
  length: number,
  reader: SentenceReader,
): Promise<ClipExample[]> {
  try {
    return examples.map((example) => {
      const subwords = new Float32Array(length);
      subwords.set(reader.subwords(example.transcript!.text).slice(0, length));
      return withInputs(example, { subwords });
    });
  } finally {
    await reader.close();
  }
}

/** [texts, width]; texts of like length are encoded together. Closes the reader. */
async function encodeAll(
  texts: readonly string[],
  reader: SentenceReader,
  { onProgress, signal }: RunOptions,
): Promise<Float32Array> {
  const order = texts.map((_, row) => row).toSorted((a, b) => texts[a]!.length - texts[b]!.length);
  const vectors: Float32Array[] = [];
  try {
    for (let start = 0; start < order.length; start += sentenceBatch) {
      throwIfCancelled(signal);
      const rows = order.slice(start, start + sentenceBatch);
      const encoded = await reader.encode(rows.map((row) => texts[row]!));
      for (const [place, row] of rows.entries()) vectors[row] = encoded[place]!;
      const done = start + rows.length;
      onProgress({ label: "sentences", done, total: texts.length, unit: "texts" });
    }
  } finally {
    await reader.close();
  }
  const all = new Float32Array(vectors.reduce((sum, { length }) => sum + length, 0));
  for (const [row, vector] of vectors.entries()) all.set(vector, row * vector.length);
  return all;
}
