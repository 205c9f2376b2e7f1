/** Layers of pretrained speech encoders: which there are, and the inputs that networks get of them. */
import type { Shape } from "../graph/tensor.ts";
import type { SpeechEncoders } from "./definition.ts";
import type { InputValues } from "./example.ts";

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

/** Shorter speech is padded to so many. */
export const shortestSamples = 0.5 * encoderSampleRate;

/** Kernel and stride of the convolutions by which Moonshine makes frames of samples. */
const convolutions = [
  [127, 64],
  [7, 3],
  [3, 2],
] as const;

/** Samples from one of Moonshine's frames to the next, and those that a frame is made of. */
const frameHop = convolutions.reduce((hop, [, stride]) => hop * stride, 1);
const frameReach = convolutions.reduceRight(
  (reach, [kernel, stride]) => (reach - 1) * stride + kernel,
  1,
);

/** Returns the sample in the middle of what one of Moonshine's frames is made of. */
export function middleOfFrame(frame: number): number {
  return frame * frameHop + (frameReach - 1) / 2;
}

/** Frames that Whisper makes of so many samples: its second convolution halves those of the spectrum, 100 a second. */
export function whisperFrames(samples: number): number {
  return Math.floor(samples / 320);
}

/** Frames that an encoder makes of so many samples: Moonshine's about 41.7 a second, Whisper's 50. */
export function encoderFrames(name: EncoderName, samples: number): number {
  const encoded = Math.max(samples, shortestSamples);
  if (speechEncoders[name].family === "whisper") return whisperFrames(encoded);
  return convolutions.reduce(
    (length, [kernel, stride]) => Math.floor((length - kernel) / stride) + 1,
    encoded,
  );
}

/**
 * Returns the names of an encoder's two inputs, its layers at each frame and a mask with 1 at each frame; and of a
 * clip's statistics, mean and deviation over its frames.
 */
export function encoderInputs(
  name: string,
): Readonly<Record<"hidden" | "mask" | "statistics", string>> {
  return { hidden: `${name}.hidden`, mask: `${name}.mask`, statistics: `${name}.statistics` };
}

/** Returns the shapes of the inputs without the batch axis: hidden [frames, layers, width], mask [frames]. */
export function encoderShapes({
  encoders,
  longestSec: lengthSec,
}: SpeechEncoders): Record<string, Shape> {
  const samples = Math.round(lengthSec * encoderSampleRate);
  return Object.fromEntries(
    encoders.flatMap((selection) => {
      const { name, layers } = givenLayers(selection);
      const { hidden, mask } = encoderInputs(name);
      const frames = encoderFrames(name, samples);
      return [
        [hidden, [frames, layers.length, speechEncoders[name].width]],
        [mask, [frames]],
      ];
    }),
  );
}

/** Names of the moments that standardize an encoder's layers, both [layers, width]. */
export function standardization(name: string): {
  readonly mean: string;
  readonly deviation: string;
} {
  return { mean: `${name}.mean`, deviation: `${name}.deviation` };
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
