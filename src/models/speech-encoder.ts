import { normalizeLevel } from "../audio/level.ts";
import { speechPart } from "../audio/speech-part.ts";
import { cutModel } from "../graph/cut.ts";
import { Session, type Feeds, type Runtime } from "../graph/session.ts";
import type { InputValues } from "./example.ts";
import { whisperFrames, WhisperInput, whisperPositions } from "./whisper-input.ts";

/** A published encoder: how wide its layers are, how many there are, and what it takes. */
interface EncoderKind {
  readonly family: "moonshine" | "whisper";
  readonly width: number;
  readonly layers: number;
}

/** The pretrained encoders of speech-to-text models, by their names in the model store. */
export const encoderNames = [
  "moonshine-tiny",
  "moonshine-tiny-float",
  "moonshine-base",
  "whisper-tiny",
  "whisper-base",
  "whisper-small",
] as const;

export type EncoderName = (typeof encoderNames)[number];

/** Each encoder's family, width and number of layers. */
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

/** Layers that a network takes, of which it fine-tunes some. */
export interface TunedLayers extends EncoderLayers {
  /** How many layers are fine-tuned, counted down from the uppermost. */
  readonly tuned: number;
}

/** Returns the layer whose output goes into the first fine-tuned one; -1 is the encoder's stem. */
export function lowestGiven({ layers, tuned }: TunedLayers): number {
  return Math.max(...layers) - tuned;
}

/** Returns the frozen layers that a network is given, with what goes into the lowest fine-tuned one. */
export function givenLayers(selection: TunedLayers): EncoderLayers {
  const { name, layers, tuned } = selection;
  const lowest = lowestGiven(selection);
  const frozen = layers.filter((layer) => layer <= lowest);
  const isMissing = tuned > 0 && !frozen.includes(lowest);
  return { name, layers: isMissing ? [...frozen, lowest] : frozen };
}

/** What the first layer is given, in each family's files. */
const stems = { moonshine: "/Transpose_output_0", whisper: "/Add_2_output_0" };

/** Returns the name of a layer's output in an encoder's file; -1 stands for the input of the first layer. */
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
  const encoded = Math.max(samples, shortestSamples);
  if (speechEncoders[name].family === "whisper") return whisperFrames(encoded);
  return convolutions.reduce(
    (length, [kernel, stride]) => Math.floor((length - kernel) / stride) + 1,
    encoded,
  );
}

/** Outputs of the layers that were asked for, each [frames, width]. */
export type HiddenLayers = readonly Float32Array[];

/** Opens an encoder, from a file or from what has loaded it for words already. */
export type OpenEncoder = (
  selection: EncoderLayers,
) => Promise<Pick<SpeechEncoder, "encode" | "close">>;

/** What an encoder is fed for mono samples at 16 kHz. */
interface EncoderInput {
  feeds(samples: Float32Array): Promise<Feeds>;
  close(): Promise<void>;
}

const moonshineInput: EncoderInput = {
  feeds: async (data) => ({ input_values: { data, shape: [1, data.length] } }),
  close: async () => {},
};

/** Encodes the spoken part of a clip at one loudness: one clip at a time, without padding. */
export class SpeechEncoder {
  readonly #session: Session;
  readonly #outputs: readonly string[];
  readonly #input: EncoderInput;

  private constructor(session: Session, outputs: readonly string[], input: EncoderInput) {
    this.#session = session;
    this.#outputs = outputs;
    this.#input = input;
  }

  /** @throws UndertoneError `model-invalid` when the file is no such encoder */
  static async open(
    runtime: Runtime,
    file: Uint8Array,
    options: EncoderLayers & { readonly threads?: number | undefined },
  ): Promise<SpeechEncoder> {
    const { name, layers, threads } = options;
    const { family } = speechEncoders[name];
    const outputs = layers.map((layer) => layerOutput(layer, family));
    const isWhisper = family === "whisper";
    const cut = cutModel(file, outputs, isWhisper ? [whisperPositions] : []);
    const input = isWhisper ? await WhisperInput.open(runtime, file) : moonshineInput;
    const session = await Session.open(runtime, cut, threads === undefined ? {} : { threads });
    return new SpeechEncoder(session, outputs, input);
  }

  /** Returns the layers of mono samples at 16 kHz; of speech longer than `longestSec`, of its middle. */
  async encode(samples: Float32Array, longestSec: number): Promise<HiddenLayers> {
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

/** Returns layers [frames, width], all float16 or all float32, side by side at each frame: [frames, layers, width]. */
export function layersByFrame(layers: readonly InputValues[], width: number): InputValues {
  const [first] = layers;
  const size = layers.length * first!.length;
  const joined = first instanceof Uint16Array ? new Uint16Array(size) : new Float32Array(size);
  for (const [index, layer] of layers.entries()) {
    for (let frame = 0; frame < layer.length / width; frame++) {
      const row = layer.subarray(frame * width, (frame + 1) * width);
      joined.set(row, (frame * layers.length + index) * width);
    }
  }
  return joined;
}
