import { isRecorded, type Utterance } from "../datasets/manifest.ts";
import { UndertoneError } from "../shared/errors.ts";
import type { Adapters } from "./adapters.ts";
import { extractAll, FeatureExtractor } from "./clip-features.ts";
import { FeatureCache } from "./feature-cache.ts";
import type { Material } from "./material.ts";
import type { Data } from "./read-data.ts";
import { usesAudio, reads, type Recipe } from "./recipe.ts";
import { gatherSentences } from "./sentences.ts";
import type { RunOptions } from "./training-request.ts";
import { gatherTranscripts } from "./transcripts.ts";

/** How material is gathered. */
export interface GatherOptions extends RunOptions {
  readonly adapters: Adapters;
}

interface Source {
  readonly recipe: Recipe;
  /** Where features are kept between runs. */
  readonly cacheFolder: string;
}

/**
 * What a recipe needs of each utterance: features of its sound, its words, or both. Clips that cannot
 * be read are reported and left out.
 * @throws UndertoneError `dataset-invalid` when none can be, or words are asked for and there are none
 */
export async function gatherMaterial(
  data: Data,
  source: Source,
  options: GatherOptions,
): Promise<Material[]> {
  const { recipe } = source;
  const materials = usesAudio(recipe) ? await hear(data, source, options) : data.clips.map(unheard);
  if (!reads(recipe)) return materials;
  return gatherSentences(await gatherTranscripts(materials, recipe, options), source, options);
}

const unheard = (utterance: Utterance): Material => ({ utterance, sounds: [{}] });

async function hear(
  data: Data,
  { recipe, cacheFolder }: Source,
  { runtime, openEncoder, adapters, onProgress, logger, signal }: GatherOptions,
): Promise<Material[]> {
  const recorded = data.clips.filter(isRecorded);
  const cache = await FeatureCache.open(cacheFolder);
  const extractor = await FeatureExtractor.open(recipe, {
    cache,
    runtime,
    openEncoder,
    adapters,
  });
  try {
    const clips = await extractAll(extractor, recorded, {
      onProgress,
      onBadClip: (clip, error) => logger.warn(`${clip.id} is left out. ${error.message}`),
      signal,
    });
    const lost = data.clips.length - clips.length;
    if (clips.length === 0) {
      const message = `${data.root}: none of its ${lost} clips can be read. See the warnings above.`;
      throw new UndertoneError("dataset-invalid", message);
    }
    if (lost > 0) logger.warn(`${lost} of ${data.clips.length} clips are left out.`);
    return clips.map(({ clip, audioHash, variants }) => ({
      utterance: clip,
      audioHash,
      sounds: variants,
    }));
  } finally {
    await extractor.close();
  }
}
