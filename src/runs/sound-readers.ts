import { emitModel } from "../graph/emit.ts";
import { Session, type Runtime } from "../graph/session.ts";
import { input } from "../graph/tensor.ts";
import { encoderInputs } from "../models/audio-encoder.ts";
import { descriptorCount, lowLevelDescriptors } from "../models/low-level-descriptors.ts";
import { spectrogramImage } from "../models/front-end.ts";
import {
  givenLayers,
  inputName,
  layersByFrame,
  speechEncoders,
  type EncoderConfig,
  type OpenEncoder,
  type TunedLayers,
} from "../models/speech-encoder.ts";
import { adapterHash } from "./adapter-hash.ts";
import type { Adapters } from "./adapters.ts";
import { cutWindow } from "./cut-window.ts";
import type { Inputs } from "./examples.ts";
import type { FeatureCache } from "./feature-cache.ts";
import { layerStatistics } from "./layer-moments.ts";
import { once } from "./once.ts";
import { heardLayers, modalitiesOf, type Recipe } from "./recipe.ts";

/** A clip as it is, or a changed version of it. */
export interface Sound {
  /** Hash of the clip's file. */
  readonly content: string;
  /** What was changed, and how. */
  readonly change: object;
  /** Asked for where the cache has no features of it. */
  readonly samples: () => Promise<Float32Array>;
}

/** Makes some of a network's inputs of a sound. */
export interface SoundReader {
  read(sound: Sound): Promise<Inputs>;
  close(): Promise<void>;
}

/** Where features come from. */
export interface ReaderOptions {
  readonly cache: FeatureCache;
  readonly runtime: Runtime;
  readonly openEncoder: OpenEncoder;
}

/** What a recipe's readers need besides. */
export interface RecipeReaderOptions extends ReaderOptions {
  readonly adapters: Adapters;
}

/** Raised when the way from file to features changes, so that no cache serves old ones. */
const featuresVersion = 3;

/** What a recipe's model needs to hear. */
export async function openReaders(
  recipe: Recipe,
  options: RecipeReaderOptions,
): Promise<SoundReader[]> {
  const needed = modalitiesOf(recipe);
  const readers: SoundReader[] = [];
  if (needed.includes("spectrogram")) readers.push(await pictureReader(recipe, options));
  if (needed.includes("descriptors")) readers.push(contourReader(recipe, options));
  const { encoders, longestSec } = heardLayers(recipe);
  for (const { name, layers, tuned } of encoders) {
    const adapter = options.adapters[name]?.adapter;
    const heard = { name, layers, tuned, ...(adapter && { adapter }) };
    readers.push(await layerReader(heard, longestSec, { ...options, statistics: true }));
  }
  return readers;
}

async function pictureReader(
  { features }: Recipe,
  { cache, runtime }: ReaderOptions,
): Promise<SoundReader> {
  const waveform = input("waveform", [1, features.frames * features.hopLength]);
  const model = emitModel({ outputs: { spectrogram: spectrogramImage(waveform, features) } });
  // One clip is too little to share: a second thread would only wait, at full load.
  const session = await Session.open(runtime, model, { threads: 1 });
  const length = features.frames * (features.nMfcc ?? features.nMels);
  return {
    async read({ content, change, samples }) {
      const parameters = { version: featuresVersion, features, ...change };
      const spectrogram = await cache.get({ content, parameters, length }, async () => {
        const window = cutWindow(await samples(), features);
        const feeds = { waveform: { data: window, shape: [1, window.length] } };
        return (await session.run(feeds))["spectrogram"]!;
      });
      return { spectrogram };
    },
    close: () => session.close(),
  };
}

function contourReader({ features }: Recipe, { cache }: ReaderOptions): SoundReader {
  const length = features.frames * descriptorCount;
  return {
    async read({ content, change, samples }) {
      const parameters = { version: featuresVersion, features, ...change, descriptors: true };
      const descriptors = await cache.get({ content, parameters, length }, async () =>
        lowLevelDescriptors(cutWindow(await samples(), features), features),
      );
      return { descriptors };
    },
    close: async () => {},
  };
}

interface LayerReaderOptions extends ReaderOptions {
  /** Whether a clip's statistics are read besides, which training asks for and serving does not. */
  readonly statistics?: boolean;
}

/** Reads layers of an encoder, each kept in the cache by itself. */
export async function layerReader(
  heard: TunedLayers & EncoderConfig,
  longestSec: number,
  { cache, openEncoder, statistics = false }: LayerReaderOptions,
): Promise<SoundReader> {
  const { name, adapter } = heard;
  const given = givenLayers(heard).layers;
  const all = [...new Set([...heard.layers, ...given])];
  const encoder = await openEncoder({ name, layers: all, ...(adapter && { adapter }) });
  const adapted = adapter && { adapter: adapterHash(adapter) };
  const names = encoderInputs(inputName(heard));
  const { width } = speechEncoders[name];
  return {
    async read({ content, change, samples }) {
      const hear = once(async () => encoder.hear(await samples(), longestSec));
      // Each layer by itself, so that another recipe's choice finds those that it shares.
      const kept = new Map<number, Uint16Array>();
      for (const [index, layer] of all.entries()) {
        const parameters = {
          version: featuresVersion,
          name,
          layer,
          longestSec,
          ...adapted,
          ...change,
        };
        const key = { content, parameters, rowLength: width };
        kept.set(layer, await cache.getHalves(key, async () => (await hear())[index]!));
      }
      const layersOf = (wanted: readonly number[]): Uint16Array[] =>
        wanted.map((layer) => kept.get(layer)!);
      const fed = layersOf(given);
      const size = fed.length * fed[0]!.length;
      return {
        [names.hidden]: layersByFrame(fed, width, new Uint16Array(size)),
        [names.mask]: new Float32Array(fed[0]!.length / width).fill(1),
        ...(statistics && { [names.statistics]: layerStatistics(layersOf(heard.layers), width) }),
      };
    },
    close: () => encoder.close(),
  };
}
