import { VoicingMeter } from "../audio/voicing.ts";
import { Session, type Runtime } from "../graph/session.ts";
import { input, type Shape } from "../graph/tensor.ts";
import { openTogether } from "../shared/closing.ts";
import { cutWindow, type WindowPlace, type WindowSpec } from "./cut-window.ts";
import type { SpeechEncoders } from "./definition.ts";
import {
  encoderInputs,
  encoderShapes,
  givenLayers,
  layersByFrame,
  middleOfFrame,
  speechEncoders,
  type EncoderLayers,
  type TunedLayers,
} from "./encoder-layers.ts";
import type { Inputs, InputValues } from "./example.ts";
import { spectrogramImage, type FrontEnd } from "./front-end.ts";
import { layerStatistics } from "./layer-statistics.ts";
import type { HiddenLayers, OpenEncoder } from "./speech-encoder.ts";

/** What low-level descriptors are computed by. */
type DescriptorSpec = Pick<FrontEnd, "nFft" | "hopLength" | "frames" | "rangeDb">;

/** Which inputs a model takes of a clip's sound. */
export interface ClipInputSpec {
  /** Of the inputs below that are cut from a window: `waveform`, `spectrogram` and `descriptors`. */
  readonly window?: WindowSpec;
  /** Whether the model takes the window itself. */
  readonly waveform?: boolean;
  /** There where the model takes a spectrogram that is computed beforehand, as in training. */
  readonly spectrogram?: FrontEnd & { readonly window: WindowPlace };
  readonly descriptors?: DescriptorSpec;
  readonly encoders?: SpeechEncoders;
  /** Whether statistics of encoder layers are needed besides, as in training. */
  readonly statistics?: boolean;
}

/** Keeps features between runs. */
export interface FeatureStore {
  /** Returns the float32 features [length] of these parameters, computed where they are not kept yet. */
  floats(
    parameters: object,
    length: number,
    compute: () => Promise<Float32Array>,
  ): Promise<Float32Array>;
  /** The same for any number of rows, kept as float16. */
  rows(
    parameters: object,
    rowLength: number,
    compute: () => Promise<Float32Array>,
  ): Promise<InputValues>;
}

const keepNothing: FeatureStore = {
  floats: (_, __, compute) => compute(),
  rows: (_, __, compute) => compute(),
};

/** A clip's samples, mono, at the model's sample rate; asked for where a feature has to be computed. */
export type ClipSamples = () => Promise<Float32Array>;

/** A part of speech, in samples from its start. */
export interface SpeechPart {
  readonly start: number;
  readonly end: number;
}

/** Turns parts of speech that is encoded as a whole into model inputs. */
export interface PartInputs {
  readonly encoder: EncoderLayers;
  /** Returns the encoder's layers of speech of at most 20 s. */
  encode(speech: Float32Array): Promise<HiddenLayers>;
  of(layers: HiddenLayers, part: SpeechPart): Inputs;
}

/** Turns clips into model inputs: the one path of training, test and analysis. */
export interface ClipInputs {
  /** Shapes of the inputs by name, without the batch axis. */
  readonly shapes: Readonly<Record<string, Shape>>;
  of(samples: ClipSamples, store?: FeatureStore): Promise<Inputs>;
  /** There where all inputs are layers of one encoder whose frames do not depend on where they are. */
  readonly parts?: PartInputs | undefined;
  close(): Promise<void>;
}

/** Computes some of the inputs. */
type Extractor = ClipInputs;

interface ClipInputOptions {
  readonly runtime: Runtime;
  /** Opens the pretrained encoders; needed where there are some. */
  readonly openEncoder?: OpenEncoder | undefined;
}

/** Raised when the way from samples to features changes, so that no store serves old ones. */
const featuresVersion = 5;

/**
 * Opens what turns a clip's samples into a model's inputs.
 * @throws RangeError for encoders without `openEncoder`
 * @throws UndertoneError what getting an encoder throws
 */
export async function openClipInputs(
  spec: ClipInputSpec,
  { runtime, openEncoder }: ClipInputOptions,
): Promise<ClipInputs> {
  const { window, waveform, spectrogram, descriptors, encoders, statistics = false } = spec;
  const cut = window && windowCutter(window);
  const extractors = await openTogether(async (keep) => {
    const opened: Extractor[] = [];
    if (waveform) opened.push(waveformExtractor(window!, cut!));
    if (spectrogram)
      opened.push(
        keep(await openSpectrogram(spectrogram, { window: window!, cut: cut!, runtime })),
      );
    if (descriptors) opened.push(await openDescriptors(descriptors, spec, cut!));
    for (const selection of encoders?.encoders ?? []) {
      if (!openEncoder) {
        throw new RangeError(`openClipInputs: layers of ${selection.name} need openEncoder`);
      }
      const layers = { ...selection, longestSec: encoders!.longestSec, statistics };
      opened.push(keep(await openLayers(layers, openEncoder)));
    }
    return opened;
  });
  return {
    shapes: Object.assign({}, ...extractors.map(({ shapes }) => shapes)),
    parts: extractors.length === 1 ? extractors[0]!.parts : undefined,
    async of(samples, store = keepNothing) {
      const parts: Inputs[] = [];
      for (const extractor of extractors) parts.push(await extractor.of(samples, store));
      return Object.assign({}, ...parts);
    },
    async close() {
      await Promise.all(extractors.map((extractor) => extractor.close()));
    },
  };
}

const nothingToClose = async (): Promise<void> => {};

/** Cuts the window of a clip. */
type Cut = (samples: Float32Array) => Float32Array;

function windowCutter(window: WindowSpec): Cut {
  const meter = window.place === "speech" ? new VoicingMeter(window.sampleRate) : undefined;
  return (samples) => cutWindow(samples, window, meter);
}

function waveformExtractor(window: WindowSpec, cut: Cut): Extractor {
  return {
    shapes: { waveform: [window.length] },
    of: async (samples) => ({ waveform: cut(await samples()) }),
    close: nothingToClose,
  };
}

async function openSpectrogram(
  features: NonNullable<ClipInputSpec["spectrogram"]>,
  { window, cut, runtime }: { window: WindowSpec; cut: Cut; runtime: Runtime },
): Promise<Extractor> {
  const { emitModel } = await import("../graph/emit.ts");
  const waveform = input("waveform", [1, window.length]);
  const model = emitModel({ outputs: { spectrogram: spectrogramImage(waveform, features) } });
  // One clip is too little to share: a second thread would only wait, at full load.
  const session = await Session.open(runtime, model, { threads: 1 });
  const rows = features.nMfcc ?? features.nMels;
  return {
    shapes: { spectrogram: [1, rows, features.frames] },
    async of(samples, store = keepNothing) {
      const parameters = { version: featuresVersion, features };
      const spectrogram = await store.floats(parameters, rows * features.frames, async () => {
        const data = cut(await samples());
        return (await session.run({ waveform: { data, shape: [1, data.length] } }))["spectrogram"]!;
      });
      return { spectrogram };
    },
    close: () => session.close(),
  };
}

async function openDescriptors(
  descriptors: DescriptorSpec,
  spec: ClipInputSpec,
  cut: Cut,
): Promise<Extractor> {
  const { descriptorCount, lowLevelDescriptors } = await import("./low-level-descriptors.ts");
  const window = spec.window!;
  const options = { sampleRate: window.sampleRate, ...descriptors };
  const features = spec.spectrogram ?? { ...options, window: window.place };
  return {
    shapes: { descriptors: [descriptorCount, descriptors.frames] },
    async of(samples, store = keepNothing) {
      const parameters = { version: featuresVersion, features, descriptors: true };
      const length = descriptorCount * descriptors.frames;
      const values = await store.floats(parameters, length, async () =>
        lowLevelDescriptors(cut(await samples()), options),
      );
      return { descriptors: values };
    },
    close: nothingToClose,
  };
}

interface LayerSpec extends TunedLayers {
  readonly longestSec: number;
  readonly statistics: boolean;
}

/** Layers of one encoder, each kept by itself, so that another choice of layers finds those that it shares. */
async function openLayers(spec: LayerSpec, openEncoder: OpenEncoder): Promise<Extractor> {
  const { name, longestSec, statistics } = spec;
  const given = givenLayers(spec).layers;
  const layers = [...new Set([...spec.layers, ...given])];
  const encoder = await openEncoder({ name, layers });
  const names = encoderInputs(name);
  const { width, family } = speechEncoders[name];
  const shapes = encoderShapes({ encoders: [spec], longestSec });
  const fedOf = (fed: readonly InputValues[]): Inputs => ({
    [names.hidden]: layersByFrame(fed, width),
    [names.mask]: new Float32Array(fed[0]!.length / width).fill(1),
  });
  const [mostFrames] = shapes[names.hidden]!;
  return {
    shapes,
    ...(family === "moonshine" && {
      parts: {
        encoder: { name, layers: given },
        encode: (speech) => encoder.encodeWhole(speech),
        of(all, part) {
          const { first, last } = framesWithin(part, all[0]!.length / width);
          const end = Math.min(last, first + mostFrames!);
          return fedOf(all.map((layer) => layer.subarray(first * width, end * width)));
        },
      },
    }),
    async of(samples, store = keepNothing) {
      let encoded: Promise<readonly Float32Array[]> | undefined;
      const encode = async () => (encoded ??= encoder.encode(await samples(), longestSec));
      const kept = new Map<number, InputValues>();
      for (const [index, layer] of layers.entries()) {
        const parameters = { version: featuresVersion, name, layer, longestSec };
        const values = await store.rows(parameters, width, async () => (await encode())[index]!);
        kept.set(layer, values);
      }
      const layersOf = (wanted: readonly number[]): InputValues[] =>
        wanted.map((layer) => kept.get(layer)!);
      const fed = layersOf(given);
      return {
        ...fedOf(fed),
        ...(statistics && { [names.statistics]: layerStatistics(layersOf(spec.layers), width) }),
      };
    },
    close: () => encoder.close(),
  };
}

/** The frames whose middle lies in a part of speech of so many frames: at least one. */
function framesWithin({ start, end }: SpeechPart, frames: number) {
  let first = 0;
  while (first < frames - 1 && middleOfFrame(first) < start) first++;
  let last = first + 1;
  while (last < frames && middleOfFrame(last) < end) last++;
  return { first, last };
}
