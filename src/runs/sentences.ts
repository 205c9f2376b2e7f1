import { parseOnnx, type OnnxFile } from "../graph/import/onnx-file.ts";
import { sentenceBatch, sentenceWidths } from "../models/sentence-encoder.ts";
import { throwIfCancelled } from "../shared/errors.ts";
import type { Inputs } from "./examples.ts";
import { contentHash, FeatureCache } from "./feature-cache.ts";
import type { Material } from "./material.ts";
import { modalitiesOf, sentenceEncoderOf, type Recipe } from "./recipe.ts";
import type { RunOptions } from "./training-request.ts";

interface Source {
  readonly recipe: Recipe;
  readonly cacheFolder: string;
}

/** Raised when the way from a text to its vector changes, so that no cache serves old ones. */
const sentencesVersion = 1;

/**
 * Gives each utterance the vector of what was said, or its subwords, where the recipe reads through a pretrained
 * encoder. A corpus's vectors are kept in one file of the cache.
 * @throws UndertoneError `cancelled`, and what getting the encoder throws
 */
export async function gatherSentences(
  materials: readonly Material[],
  { recipe, cacheFolder }: Source,
  options: RunOptions,
): Promise<Material[]> {
  const encoder = sentenceEncoderOf(recipe);
  if (encoder === undefined) return [...materials];
  if (modalitiesOf(recipe).includes("subwords")) return gatherPieces(materials, recipe, options);
  const texts = materials.map(({ transcript }) => transcript!.text);
  const width = sentenceWidths[encoder];
  const cache = await FeatureCache.open(cacheFolder);
  const key = {
    content: contentHash(Buffer.from(JSON.stringify(texts))),
    parameters: { version: sentencesVersion, encoder },
    length: texts.length * width,
  };
  const vectors = await cache.get(key, async () => {
    const reader = await options.openSentenceEncoder(encoder);
    try {
      return await encodeAll(texts, { width, encode: (batch) => reader.encode(batch) }, options);
    } finally {
      await reader.close();
    }
  });
  return materials.map((material, row) =>
    withInputs(material, { sentence: vectors.subarray(row * width, (row + 1) * width) }),
  );
}

/** Ids of each text's first subwords, 0 behind the last: [words.length]. */
async function gatherPieces(
  materials: readonly Material[],
  recipe: Recipe,
  { openSentenceEncoder }: RunOptions,
): Promise<Material[]> {
  const reader = await openSentenceEncoder(sentenceEncoderOf(recipe)!);
  try {
    return materials.map((material) => {
      const subwords = new Float32Array(recipe.words.length);
      subwords.set(reader.subwords(material.transcript!.text).slice(0, subwords.length));
      return withInputs(material, { subwords });
    });
  } finally {
    await reader.close();
  }
}

/** The pretrained encoder that a recipe trains on, if there is one. */
export async function encoderToTune(
  recipe: Recipe,
  { openSentenceEncoder }: RunOptions,
): Promise<OnnxFile | undefined> {
  if (!modalitiesOf(recipe).includes("subwords")) return undefined;
  const reader = await openSentenceEncoder(sentenceEncoderOf(recipe)!);
  await reader.close();
  return parseOnnx(reader.model);
}

function withInputs(material: Material, inputs: Inputs): Material {
  const [first, ...others] = material.sounds.map((sound): Inputs => ({ ...sound, ...inputs }));
  return { ...material, sounds: [first!, ...others] };
}

/** [texts, width]; texts of like length are encoded together. */
async function encodeAll(
  texts: readonly string[],
  {
    width,
    encode,
  }: { width: number; encode: (batch: readonly string[]) => Promise<Float32Array[]> },
  { onProgress, signal }: RunOptions,
): Promise<Float32Array> {
  const order = texts.map((_, row) => row).toSorted((a, b) => texts[a]!.length - texts[b]!.length);
  const vectors = new Float32Array(texts.length * width);
  for (let start = 0; start < order.length; start += sentenceBatch) {
    throwIfCancelled(signal);
    const rows = order.slice(start, start + sentenceBatch);
    const encoded = await encode(rows.map((row) => texts[row]!));
    for (const [place, row] of rows.entries()) vectors.set(encoded[place]!, row * width);
    const done = start + rows.length;
    onProgress({ label: "sentences", done, total: texts.length, unit: "texts" });
  }
  return vectors;
}
