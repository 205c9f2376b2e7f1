import { normaliseLevel } from "../audio/level.ts";
import { speechPart } from "../audio/speech-part.ts";
import { cutModel } from "../graph/cut.ts";
import { Session, type Runtime } from "../graph/session.ts";

/** A published encoder: how wide its layers are, and how many. */
interface EncoderSize {
  readonly width: number;
  readonly layers: number;
}

/** The encoders of speech-to-text that a network can listen with, by their names in the model store. */
export const encoderNames = ["moonshine-tiny", "moonshine-tiny-float", "moonshine-base"] as const;

export type EncoderName = (typeof encoderNames)[number];

/** Their sizes. */
export const speechEncoders: Readonly<Record<EncoderName, EncoderSize>> = {
  "moonshine-tiny": { width: 288, layers: 6 },
  "moonshine-tiny-float": { width: 288, layers: 6 },
  "moonshine-base": { width: 416, layers: 8 },
};

/** Which layers of which encoder a network is given. */
export interface HeardLayers {
  readonly name: EncoderName;
  /** From 0: what the layer hands to the next one; -1 is what goes into the first. */
  readonly layers: readonly number[];
}

/** Layers that a network hears, of which it trains some itself. */
export interface TunedLayers extends HeardLayers {
  /** How many layers, counted down from the uppermost that is heard, training goes on with. */
  readonly tuned: number;
}

/** The lowest of what a network with tuned layers is given: what goes into the first of them; -1 is what the stem makes. */
export function lowestGiven({ layers, tuned }: TunedLayers): number {
  return Math.max(...layers) - tuned;
}

/** The layers that a network is given: those that are heard and not tuned, and what goes into the lowest tuned one. */
export function givenLayers(heard: TunedLayers): HeardLayers {
  const { name, layers, tuned } = heard;
  const lowest = lowestGiven(heard);
  const frozen = layers.filter((layer) => layer <= lowest);
  const isMissing = tuned > 0 && !frozen.includes(lowest);
  return { name, layers: isMissing ? [...frozen, lowest] : frozen };
}

/** Name of what a layer hands on in an encoder's file; -1 stands for what the first layer is given. */
export function layerOutput(layer: number): string {
  return layer < 0 ? "/Transpose_output_0" : `/layers.${layer}/Add_1_output_0`;
}

/** Hz: what all of them take. */
export const encoderSampleRate = 16_000;

const shortestSamples = 0.5 * encoderSampleRate;

/** Kernel and stride of the convolutions that make frames of samples. */
const convolutions = [
  [127, 64],
  [7, 3],
  [3, 2],
] as const;

/** Frames that an encoder makes of so many samples: about 41.7 a second. */
export function encoderFrames(samples: number): number {
  return convolutions.reduce(
    (length, [kernel, stride]) => Math.floor((length - kernel) / stride) + 1,
    Math.max(samples, shortestSamples),
  );
}

/** What an encoder makes of a sound: each layer that was asked for, [frames, width]. */
export type HiddenLayers = readonly Float32Array[];

/** Gets an encoder that is ready to hear, from a file or from what has loaded it for words already. */
export type OpenEncoder = (heard: HeardLayers) => Promise<Pick<SpeechEncoder, "hear" | "close">>;

/** Hears the spoken part of a clip, of any length, brought to one loudness: one clip at a time, without padding. */
export class SpeechEncoder {
  readonly #session: Session;
  readonly #outputs: readonly string[];

  private constructor(session: Session, outputs: readonly string[]) {
    this.#session = session;
    this.#outputs = outputs;
  }

  /** @throws UndertoneError `model-invalid` when the file is no such encoder */
  static async open(
    runtime: Runtime,
    file: Uint8Array,
    options: HeardLayers & { readonly threads?: number | undefined },
  ): Promise<SpeechEncoder> {
    const { layers, threads } = options;
    const outputs = layers.map(layerOutput);
    const session = await Session.open(
      runtime,
      cutModel(file, outputs),
      threads === undefined ? {} : { threads },
    );
    return new SpeechEncoder(session, outputs);
  }

  /** Hears mono samples at 16 kHz, of speech at most `longestSec`. */
  async hear(samples: Float32Array, longestSec: number): Promise<HiddenLayers> {
    const part = speechPart(samples, { sampleRate: encoderSampleRate, longestSec });
    const data = new Float32Array(Math.max(part.length, shortestSamples));
    data.set(normaliseLevel(part));
    const layers = await this.#session.run({ input_values: { data, shape: [1, data.length] } });
    return this.#outputs.map((output) => layers[output]!);
  }

  async close(): Promise<void> {
    await this.#session.close();
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
