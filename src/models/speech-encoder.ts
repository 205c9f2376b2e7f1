import { normalizeLevel } from "../audio/level.ts";
import { speechPart } from "../audio/speech-part.ts";
import { cutModel } from "../graph/cut.ts";
import { withLowRank } from "../graph/low-rank.ts";
import { Session, type Feeds, type Runtime } from "../graph/session.ts";
import type { Adapter } from "./adapter.ts";
import { whisperFrames, WhisperInput, whisperPositions } from "./whisper-input.ts";

/** A published encoder: how wide its layers are, how many there are, and what it takes. */
interface EncoderKind {
  readonly family: "moonshine" | "whisper";
  readonly width: number;
  readonly layers: number;
}

/** The encoders of speech-to-text that a network can listen with, by their names in the model store. */
export const encoderNames = [
  "moonshine-tiny",
  "moonshine-tiny-float",
  "moonshine-base",
  "whisper-tiny",
  "whisper-base",
  "whisper-small",
] as const;

export type EncoderName = (typeof encoderNames)[number];

/** What each is. */
export const speechEncoders: Readonly<Record<EncoderName, EncoderKind>> = {
  "moonshine-tiny": { family: "moonshine", width: 288, layers: 6 },
  "moonshine-tiny-float": { family: "moonshine", width: 288, layers: 6 },
  "moonshine-base": { family: "moonshine", width: 416, layers: 8 },
  "whisper-tiny": { family: "whisper", width: 384, layers: 4 },
  "whisper-base": { family: "whisper", width: 512, layers: 6 },
  "whisper-small": { family: "whisper", width: 768, layers: 12 },
};

/** Layers of an encoder. */
export interface EncoderLayers {
  readonly name: EncoderName;
  /** From 0: what the layer hands to the next one; -1 is what goes into the first. */
  readonly layers: readonly number[];
}

/** Which layers of which encoder a network is given. */
export interface EncoderConfig extends EncoderLayers {
  /** What is added to the encoder's weights. */
  readonly adapter?: Adapter;
  /** What the network calls the encoder, where it usesAudio the same one in two ways. */
  readonly alias?: string | undefined;
}

/** What the names of a network's inputs from an encoder, and of its adapter's tensors, begin with. */
export function inputName({ name, alias = name }: Pick<EncoderConfig, "name" | "alias">): string {
  return alias;
}

/** Layers that a network usesAudio, of which it trains some itself. */
export interface TunedLayers extends EncoderLayers {
  /** How many layers, counted down from the uppermost that is heard, training goes on with. */
  readonly tuned: number;
}

/** The lowest of what a network with tuned layers is given: what goes into the first of them; -1 is what the stem makes. */
export function lowestGiven({ layers, tuned }: TunedLayers): number {
  return Math.max(...layers) - tuned;
}

/** The layers that a network is given: those that are heard and not tuned, and what goes into the lowest tuned one. */
export function givenLayers(heard: TunedLayers): EncoderLayers {
  const { name, layers, tuned } = heard;
  const lowest = lowestGiven(heard);
  const frozen = layers.filter((layer) => layer <= lowest);
  const isMissing = tuned > 0 && !frozen.includes(lowest);
  return { name, layers: isMissing ? [...frozen, lowest] : frozen };
}

/** What the first layer is given, in each family's files. */
const stems = { moonshine: "/Transpose_output_0", whisper: "/Add_2_output_0" };

/** Name of what a layer hands on in an encoder's file; -1 stands for what the first layer is given. */
export function layerOutput(layer: number, family: EncoderKind["family"] = "moonshine"): string {
  return layer < 0 ? stems[family] : `/layers.${layer}/Add_1_output_0`;
}

/** Hz: what all of them take. */
export const encoderSampleRate = 16_000;

const shortestSamples = 0.5 * encoderSampleRate;

/** Kernel and stride of the convolutions by which Moonshine makes frames of samples. */
const convolutions = [
  [127, 64],
  [7, 3],
  [3, 2],
] as const;

/** Frames that an encoder makes of so many samples: Moonshine's about 41.7 a second, Whisper's 50. */
export function encoderFrames(name: EncoderName, samples: number): number {
  const heard = Math.max(samples, shortestSamples);
  if (speechEncoders[name].family === "whisper") return whisperFrames(heard);
  return convolutions.reduce(
    (length, [kernel, stride]) => Math.floor((length - kernel) / stride) + 1,
    heard,
  );
}

/** What an encoder makes of a sound: each layer that was asked for, [frames, width]. */
export type HiddenLayers = readonly Float32Array[];

/** Gets an encoder that is ready to hear, from a file or from what has loaded it for words already. */
export type OpenEncoder = (heard: EncoderConfig) => Promise<Pick<SpeechEncoder, "hear" | "close">>;

/** What an encoder is fed for mono samples at 16 kHz. */
interface EncoderInput {
  feeds(samples: Float32Array): Promise<Feeds>;
  close(): Promise<void>;
}

const moonshineInput: EncoderInput = {
  feeds: async (data) => ({ input_values: { data, shape: [1, data.length] } }),
  close: async () => {},
};

/** Hears the spoken part of a clip, of any length, brought to one loudness: one clip at a time, without padding. */
export class SpeechEncoder {
  readonly #session: Session;
  readonly #outputs: readonly string[];
  readonly #input: EncoderInput;

  private constructor(session: Session, outputs: readonly string[], input: EncoderInput) {
    this.#session = session;
    this.#outputs = outputs;
    this.#input = input;
  }

  /** @throws UndertoneError `model-invalid` when the file is no such encoder or the adapter is another's */
  static async open(
    runtime: Runtime,
    file: Uint8Array,
    options: EncoderConfig & { readonly threads?: number | undefined },
  ): Promise<SpeechEncoder> {
    const { name, layers, adapter, threads } = options;
    const { family } = speechEncoders[name];
    const outputs = layers.map((layer) => layerOutput(layer, family));
    const isWhisper = family === "whisper";
    const adapted = adapter ? withLowRank(file, adapter) : file;
    const cut = cutModel(adapted, outputs, isWhisper ? [whisperPositions] : []);
    const input = isWhisper ? await WhisperInput.open(runtime, file) : moonshineInput;
    const session = await Session.open(runtime, cut, threads === undefined ? {} : { threads });
    return new SpeechEncoder(session, outputs, input);
  }

  /** Hears mono samples at 16 kHz, of speech at most `longestSec`. */
  async hear(samples: Float32Array, longestSec: number): Promise<HiddenLayers> {
    const part = speechPart(samples, { sampleRate: encoderSampleRate, longestSec });
    const data = new Float32Array(Math.max(part.length, shortestSamples));
    data.set(normalizeLevel(part));
    const layers = await this.#session.run(await this.#input.feeds(data));
    return this.#outputs.map((output) => layers[output]!);
  }

  async close(): Promise<void> {
    await this.#session.close();
    await this.#input.close();
  }
}

/** Puts layers [frames, width] side by side at each frame, into `target` [frames, layers, width]. */
export function layersByFrame<Values extends Float32Array | Uint16Array>(
  layers: readonly Values[],
  width: number,
  target: Values,
): Values {
  for (const [index, layer] of layers.entries()) {
    for (let frame = 0; frame < layer.length / width; frame++) {
      const row = layer.subarray(frame * width, (frame + 1) * width);
      target.set(row, (frame * layers.length + index) * width);
    }
  }
  return target;
}
