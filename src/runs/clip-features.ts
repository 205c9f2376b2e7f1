import { readFile } from "node:fs/promises";
import { augmentWaveform } from "../audio/augmentation/waveform.ts";
import { loadAudio } from "../audio/load.node.ts";
import type { Clip } from "../datasets/manifest.ts";
import { hashSamples } from "../datasets/measure.ts";
import { throwIfCancelled, UndertoneError } from "../shared/errors.ts";
import { fileError } from "../shared/files.node.ts";
import type { ProgressListener } from "../shared/logger.ts";
import { Random } from "../shared/random.ts";
import type { Example, Inputs } from "./examples.ts";
import { contentHash, type FeatureCache } from "./feature-cache.ts";
import type { Recipe } from "./recipe.ts";
import { once } from "./once.ts";
import {
  openReaders,
  type RecipeReaderOptions,
  type Sound,
  type SoundReader,
} from "./sound-readers.ts";

/** What training needs of one clip. */
export interface ClipFeatures {
  readonly clip: Clip;
  /** Hash of the decoded samples: equal for copies of the same recording. */
  readonly audioHash: string;
  /** Inputs from the clip as it is, then from its changed versions. */
  readonly variants: Example["variants"];
}

/** Turns clips into features, through the cache. */
export class FeatureExtractor {
  readonly #recipe: Recipe;
  readonly #cache: FeatureCache;
  readonly #readers: readonly SoundReader[];

  private constructor(recipe: Recipe, cache: FeatureCache, readers: readonly SoundReader[]) {
    this.#recipe = recipe;
    this.#cache = cache;
    this.#readers = readers;
  }

  /** @throws UndertoneError what getting an encoder's file throws */
  static async open(recipe: Recipe, options: RecipeReaderOptions): Promise<FeatureExtractor> {
    return new FeatureExtractor(recipe, options.cache, await openReaders(recipe, options));
  }

  /** @throws UndertoneError when the clip's file cannot be read or decoded, `cancelled` */
  async extract(clip: Clip, signal?: AbortSignal): Promise<ClipFeatures> {
    const { features, training, seed } = this.#recipe;
    const bytes = await readFile(clip.path).catch((cause: unknown) => {
      throw fileError(clip.path, cause);
    });
    const content = contentHash(bytes);
    const samples = once(() => this.#decode(clip));
    const original = await this.#inputs({ content, change: {}, samples });
    const copies: Inputs[] = [];
    const { copies: count = 0, ...augmentation } = training.sound ?? {};
    for (let copy = 0; copy < count; copy++) {
      throwIfCancelled(signal);
      const change = { augmentation, seed, copy };
      const changed = once(async () => {
        const random = new Random(seed, "sound", content, copy);
        const { sampleRate } = features;
        const options = { sampleRate, augmentation: { probability: 1, ...augmentation } };
        return augmentWaveform(await samples(), options, random);
      });
      copies.push(await this.#inputs({ content, change, samples: changed }));
    }
    const audioHash = await this.#audioHash(content, samples);
    return { clip, audioHash, variants: [original, ...copies] };
  }

  async close(): Promise<void> {
    for (const reader of this.#readers) await reader.close();
  }

  async #inputs(sound: Sound): Promise<Inputs> {
    const inputs: Inputs[] = [];
    for (const reader of this.#readers) inputs.push(await reader.read(sound));
    return Object.assign({}, ...inputs);
  }

  /** Cached as 32 bytes, each as one number. */
  async #audioHash(content: string, samples: () => Promise<Float32Array>): Promise<string> {
    const key = {
      content,
      parameters: { sampleRate: this.#recipe.features.sampleRate },
      length: 32,
    };
    const bytes = await this.#cache.get(key, async () =>
      Float32Array.from(Buffer.from(hashSamples(await samples()), "hex")),
    );
    return Buffer.from(bytes).toString("hex");
  }

  async #decode(clip: Clip): Promise<Float32Array> {
    const { sampleRate } = this.#recipe.features;
    return (await loadAudio(clip.path, { sampleRate })).samples;
  }
}

interface ExtractOptions {
  readonly onProgress: ProgressListener;
  readonly onBadClip: (clip: Clip, error: UndertoneError) => void;
  readonly signal?: AbortSignal | undefined;
}

/** What no other clip would fare better with. */
const isForAll = ({ code }: UndertoneError): boolean =>
  code === "disk-full" || code === "cancelled";

/** So many that one is computed while others wait for the disk. */
const clipsAtOnce = 4;

/** Features of all clips that can be read, in their order; the others are reported and left out. */
export async function extractAll(
  extractor: FeatureExtractor,
  clips: readonly Clip[],
  { onProgress, onBadClip, signal }: ExtractOptions,
): Promise<ClipFeatures[]> {
  const extracted: (ClipFeatures | undefined)[] = [];
  const failures: unknown[] = [];
  const waiting = clips.entries();
  let done = 0;
  const extractOne = async (index: number, clip: Clip): Promise<void> => {
    throwIfCancelled(signal);
    try {
      extracted[index] = await extractor.extract(clip, signal);
    } catch (error) {
      if (!(error instanceof UndertoneError) || isForAll(error)) throw error;
      onBadClip(clip, error);
    }
    onProgress({ label: "features", done: ++done, total: clips.length, unit: "clips" });
  };
  const extractNext = async (): Promise<void> => {
    for (const [index, clip] of waiting) {
      if (failures.length > 0) return;
      await extractOne(index, clip).catch((error: unknown) => failures.push(error));
    }
  };
  await Promise.all(Array.from({ length: clipsAtOnce }, extractNext));
  if (failures.length > 0) throw failures[0];
  return extracted.filter((features) => features !== undefined);
}
