import { readFile } from "node:fs/promises";
import { bytesSource } from "../audio/source.ts";
import type { Clip } from "../datasets/manifest.ts";
import { segmentName } from "../datasets/segment.ts";
import type { Runtime } from "../graph/session.ts";
import type { ClipInputs, ClipSamples } from "../models/clip-inputs.ts";
import { openClipInputs } from "../models/clip-inputs.ts";
import type { Example, Inputs } from "../models/example.ts";
import type { OpenEncoder } from "../models/speech-encoder.ts";
import type { SpeechEncoders } from "../models/definition.ts";
import { speechEncodersOf, type Experiment, type Recipe } from "../recipes/recipe.ts";
import { throwIfCancelled, UndertoneError } from "../shared/errors.ts";
import { fileError } from "../shared/files.node.ts";
import { Random } from "../shared/random.ts";
import { contentHash, type FeatureCache } from "./feature-cache.ts";
import type { NoiseRecordings } from "./noise-recordings.ts";

/** A clip's inputs, and the hash of its decoded samples. */
export interface ClipFeatures {
  readonly clip: Clip;
  readonly audioHash: string;
  readonly views: Example["views"];
}

/** What the features of an experiment depend on, beside the noise, as plain data. */
export interface FeaturePlan extends Pick<Recipe, "features" | "seed"> {
  readonly augmentation: Recipe["training"]["augmentation"];
  /** Inputs of the model. */
  readonly inputs: readonly string[];
  readonly encoders: SpeechEncoders | undefined;
}

export function featurePlan(experiment: Experiment): FeaturePlan {
  const { features, seed, training } = experiment.recipe;
  const { augmentation } = training;
  const { inputs } = experiment.model;
  return { features, seed, augmentation, inputs, encoders: speechEncodersOf(experiment) };
}

interface FeatureOptions {
  readonly cache: FeatureCache;
  readonly runtime: Runtime;
  readonly openEncoder: OpenEncoder;
  /** What augmented views are mixed with in place of white and pink noise. */
  readonly noise?: NoiseRecordings | undefined;
}

/** Turns clips into the inputs of an experiment's model, through the cache. */
export class FeatureExtractor {
  readonly #plan: FeaturePlan;
  readonly #cache: FeatureCache;
  readonly #inputs: ClipInputs;
  readonly #noise: NoiseRecordings | undefined;

  private constructor(plan: FeaturePlan, inputs: ClipInputs, { cache, noise }: FeatureOptions) {
    this.#plan = plan;
    this.#cache = cache;
    this.#inputs = inputs;
    this.#noise = noise;
  }

  /** @throws UndertoneError what getting an encoder's file throws */
  static async open(plan: FeaturePlan, options: FeatureOptions): Promise<FeatureExtractor> {
    const { features, inputs: ofModel, encoders } = plan;
    const { sampleRate, frames, hopLength, window: place } = features;
    const spec = {
      window: { sampleRate, length: frames * hopLength, place },
      ...(ofModel.includes("spectrogram") && { spectrogram: features }),
      ...(ofModel.includes("descriptors") && { descriptors: features }),
      ...(encoders && { encoders }),
      statistics: true,
    };
    const inputs = await openClipInputs(spec, options);
    return new FeatureExtractor(plan, inputs, options);
  }

  /** @throws UndertoneError when the clip's file cannot be read or decoded, `cancelled` */
  async extract(clip: Clip, signal?: AbortSignal): Promise<ClipFeatures> {
    const { features, seed } = this.#plan;
    const { sampleRate } = features;
    const { content, samples } = await readClip(clip, sampleRate);
    const original = await this.#inputs.of(samples, this.#cache.storeOf(content));
    const augmented: Inputs[] = [];
    const { views = 0, corpora, ...augmentation } = this.#plan.augmentation ?? {};
    const copies = corpora?.includes(clip.corpus ?? "") === false ? 0 : views;
    const noise = this.#noise?.record.map(({ sha256 }) => sha256);
    for (let copy = 0; copy < copies; copy++) {
      throwIfCancelled(signal);
      const changed = once(async () => {
        const { augmentWaveform } = await import("../audio/augmentation/waveform.ts");
        const random = new Random(seed, "sound", content, copy);
        const options = { sampleRate, augmentation: { probability: 1, ...augmentation } };
        const noisy = { ...options, noise: this.#noise?.samples };
        return augmentWaveform(await samples(), noisy, random);
      });
      const store = this.#cache.storeOf(content, { augmentation, seed, copy, noise });
      augmented.push(await this.#inputs.of(changed, store));
    }
    for (const view of [original, ...augmented]) checkNumbers(clip, view);
    const audioHash = await this.#audioHash(content, samples);
    return { clip, audioHash, views: [original, ...augmented] };
  }

  async close(): Promise<void> {
    await this.#inputs.close();
  }

  /** Cached as 32 bytes, each as one number. */
  async #audioHash(content: string, samples: ClipSamples): Promise<string> {
    const { sampleRate } = this.#plan.features;
    const store = this.#cache.storeOf(content);
    const bytes = await store.floats({ sampleRate }, 32, async () => {
      const { buffer, byteOffset, byteLength } = await samples();
      const hash = contentHash(new Uint8Array(buffer, byteOffset, byteLength));
      return Float32Array.from(Buffer.from(hash, "hex"));
    });
    return Buffer.from(bytes).toString("hex");
  }
}

/** One such clip would make every weight no number. @throws UndertoneError `dataset-invalid` */
function checkNumbers({ path }: Clip, inputs: Inputs): void {
  const bad = Object.keys(inputs).find((name) => {
    const values = inputs[name]!;
    return values instanceof Float32Array && !values.every(Number.isFinite);
  });
  if (bad === undefined) return;
  const message = `${path}: its features (${bad}) hold what is no number. Check the recording, or delete the cache of features.`;
  throw new UndertoneError("dataset-invalid", message);
}

/**
 * Reads a clip's file once: the hash of its bytes and of the part that it is, and its samples, which are decoded when first asked for.
 * @throws UndertoneError `file-not-found`, `file-unreadable`; `samples` what decoding throws
 */
export async function readClip(
  { path, segment }: Pick<Clip, "path" | "segment">,
  sampleRate: number,
): Promise<{ readonly content: string; readonly samples: ClipSamples }> {
  const bytes = await readFile(path).catch((cause: unknown) => {
    throw fileError(path, cause);
  });
  const whole = contentHash(bytes);
  return {
    content: segment ? contentHash(Buffer.from(segmentName(whole, segment))) : whole,
    samples: once(async () => {
      const { loadSource } = await import("../audio/load.node.ts");
      const source = { ...bytesSource(bytes), name: path };
      const section = segment && { endSec: Infinity, ...segment };
      return (await loadSource(source, { sampleRate, section })).samples;
    }),
  };
}

function once<T>(work: () => Promise<T>): () => Promise<T> {
  let done: Promise<T> | undefined;
  return () => (done ??= work());
}
