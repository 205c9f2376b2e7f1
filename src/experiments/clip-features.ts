import { readFile } from "node:fs/promises";
import { augmentWaveform } from "../audio/augmentation/waveform.ts";
import { loadAudio } from "../audio/load.node.ts";
import { findSpeech } from "../audio/speech-activity.ts";
import type { Clip } from "../datasets/manifest.ts";
import { hashSamples } from "../datasets/measure.ts";
import { emitModel } from "../graph/emit.ts";
import { Session, type Runtime } from "../graph/session.ts";
import { input } from "../graph/tensor.ts";
import { contourCount, contoursOf } from "../models/contours.ts";
import { spectrogramImage } from "../models/front-end.ts";
import { throwIfCancelled, UndertoneError } from "../shared/errors.ts";
import type { ProgressListener } from "../shared/logger.ts";
import { Random } from "../shared/random.ts";
import type { Example, Inputs } from "./examples.ts";
import { contentHash, type FeatureCache } from "./feature-cache.ts";
import { modalitiesOf, type Recipe } from "./recipe.ts";

/** What training needs of one clip. */
export interface ClipFeatures {
  readonly clip: Clip;
  /** Hash of the decoded samples: equal for copies of the same recording. */
  readonly audioHash: string;
  /** Inputs from the clip as it is, then from its changed versions. */
  readonly variants: Example["variants"];
}

/** Raised when the way from file to features changes, so that no cache serves old ones. */
const featuresVersion = 2;

/** Turns clips into features, through the cache. */
export class FeatureExtractor {
  readonly #recipe: Recipe;
  readonly #cache: FeatureCache;
  readonly #session: Session;

  private constructor(parts: { recipe: Recipe; cache: FeatureCache; session: Session }) {
    this.#recipe = parts.recipe;
    this.#cache = parts.cache;
    this.#session = parts.session;
  }

  static async open(
    recipe: Recipe,
    cache: FeatureCache,
    runtime: Runtime,
  ): Promise<FeatureExtractor> {
    const { features } = recipe;
    const waveform = input("waveform", [1, features.frames * features.hopLength]);
    const model = emitModel({ outputs: { picture: spectrogramImage(waveform, features) } });
    // One clip is too little to share: a second thread would only wait, at full load.
    const session = await Session.open(runtime, model, { threads: 1 });
    return new FeatureExtractor({ recipe, cache, session });
  }

  /** @throws UndertoneError when the clip's file cannot be read or decoded */
  async extract(clip: Clip): Promise<ClipFeatures> {
    const { features, training, seed } = this.#recipe;
    const bytes = await readFile(clip.path).catch((cause: unknown) => {
      throw new UndertoneError("file-unreadable", `${clip.path}: cannot be read.`, { cause });
    });
    const content = contentHash(bytes);
    const samples = once(() => this.#decode(clip));
    const original = await this.#inputs({ content, change: {} }, samples);
    const copies: Inputs[] = [];
    const { copies: count = 0, ...augmentation } = training.sound ?? {};
    for (let copy = 0; copy < count; copy++) {
      const change = { augmentation, seed, copy };
      const changed = once(async () => {
        const random = new Random(seed, "sound", content, copy);
        const { sampleRate } = features;
        const options = { sampleRate, augmentation: { probability: 1, ...augmentation } };
        return augmentWaveform(await samples(), options, random);
      });
      copies.push(await this.#inputs({ content, change }, changed));
    }
    const audioHash = await this.#audioHash(content, samples);
    return { clip, audioHash, variants: [original, ...copies] };
  }

  async close(): Promise<void> {
    await this.#session.close();
  }

  /** The inputs that the recipe's model takes of a sound; `samples` are asked for where the cache has none. */
  async #inputs(
    { content, change }: { readonly content: string; readonly change: object },
    samples: () => Promise<Float32Array>,
  ): Promise<Inputs> {
    const { features } = this.#recipe;
    const parameters = { version: featuresVersion, features, ...change };
    const length = features.frames * (features.nMfcc ?? features.nMels);
    const picture = await this.#cache.get({ content, parameters, length }, async () =>
      this.#picture(cutWindow(await samples(), features)),
    );
    if (!modalitiesOf(this.#recipe).includes("contours")) return { picture };
    const key = { content, parameters: { ...parameters, contours: true } };
    const contours = await this.#cache.get(
      { ...key, length: features.frames * contourCount },
      async () => contoursOf(cutWindow(await samples(), features), features),
    );
    return { picture, contours };
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

  async #picture(window: Float32Array): Promise<Float32Array> {
    const outputs = await this.#session.run({
      waveform: { data: window, shape: [1, window.length] },
    });
    return outputs["picture"]!;
  }
}

/** Work that is done when first asked for, and only then. */
function once<T>(work: () => Promise<T>): () => Promise<T> {
  let done: Promise<T> | undefined;
  return () => (done ??= work());
}

/** The part of a clip that the network sees, padded with zeros at its end where it is short. */
export function cutWindow(samples: Float32Array, features: Recipe["features"]): Float32Array {
  const length = features.frames * features.hopLength;
  const window = new Float32Array(length);
  let start = 0;
  if (features.window === "speech") {
    const regions = findSpeech(samples, features.sampleRate);
    const [first, last] = [regions[0], regions.at(-1)];
    const centreSec =
      first && last ? (first.startSec + last.endSec) / 2 : samples.length / features.sampleRate / 2;
    const centred = Math.round(centreSec * features.sampleRate - length / 2);
    start = Math.max(0, Math.min(centred, samples.length - length));
  }
  window.set(samples.subarray(start, start + length));
  return window;
}

interface ExtractOptions {
  readonly onProgress: ProgressListener;
  readonly onBadClip: (clip: Clip, error: UndertoneError) => void;
  readonly signal?: AbortSignal | undefined;
}

/** Features of all clips that can be read; the others are reported and left out. */
export async function extractAll(
  extractor: FeatureExtractor,
  clips: readonly Clip[],
  { onProgress, onBadClip, signal }: ExtractOptions,
): Promise<ClipFeatures[]> {
  const extracted: ClipFeatures[] = [];
  for (const [done, clip] of clips.entries()) {
    throwIfCancelled(signal);
    try {
      extracted.push(await extractor.extract(clip));
    } catch (error) {
      if (!(error instanceof UndertoneError) || error.code === "disk-full") throw error;
      onBadClip(clip, error);
    }
    onProgress({ label: "features", done: done + 1, total: clips.length, unit: "clips" });
  }
  return extracted;
}
