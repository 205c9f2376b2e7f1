import { concatenate } from "../audio/blocks.ts";
import { normalizeLevel } from "../audio/level.ts";
import type { SpeechRegion } from "../audio/speech-activity.ts";
import { openPart } from "../graph/open-part.ts";
import type { Runtime, Session } from "../graph/session.ts";
import {
  encoderSampleRate,
  layerOutput,
  shortestSamples,
  speechEncoders,
  type EncoderLayers,
} from "../models/encoder-layers.ts";
import { layerStatistics } from "../models/layer-statistics.ts";

/** Longer speech is encoded in pieces: attention takes memory with the square of their length. */
const longestSec = 10;

/** An encoder's early layers of speech. */
export interface VoiceFrames {
  /** Each [frames, width]. */
  readonly layers: readonly Float32Array[];
  readonly width: number;
  /** Frames that one second has. */
  readonly perSec: number;
}

/** Encodes the voice in speech: frames of an encoder's early layers. */
export class VoiceEncoder {
  readonly #layers: EncoderLayers;
  readonly #session: Session;

  private constructor(layers: EncoderLayers, session: Session) {
    this.#layers = layers;
    this.#session = session;
  }

  /** @throws UndertoneError `model-invalid` when the file is no such encoder */
  static async open(
    runtime: Runtime,
    encoder: Uint8Array,
    options: EncoderLayers & { readonly threads?: number | undefined },
  ): Promise<VoiceEncoder> {
    const { threads } = options;
    const part = { outputs: outputsOf(options), threads };
    return new VoiceEncoder(options, await openPart(runtime, encoder, part));
  }

  /** Returns the frames of mono samples at 16 kHz. */
  async encode(samples: Float32Array): Promise<VoiceFrames> {
    const count = Math.max(1, Math.ceil(samples.length / (longestSec * encoderSampleRate)));
    const length = Math.ceil(samples.length / count);
    const { width } = speechEncoders[this.#layers.name];
    const pieces: Record<string, Float32Array>[] = [];
    for (let piece = 0; piece < count; piece++) {
      const part = samples.subarray(piece * length, (piece + 1) * length);
      const data = new Float32Array(Math.max(part.length, shortestSamples));
      data.set(normalizeLevel(part));
      pieces.push(await this.#session.run({ input_values: { data, shape: [1, data.length] } }));
    }
    const layers = outputsOf(this.#layers).map((name) =>
      concatenate(pieces.map((outputs) => outputs[name]!)),
    );
    const frames = layers[0]!.length / width;
    const perSec = (frames * encoderSampleRate) / Math.max(samples.length, shortestSamples);
    return { layers, width, perSec };
  }

  async close(): Promise<void> {
    await this.#session.close();
  }
}

const outputsOf = ({ name, layers }: EncoderLayers): string[] =>
  layers.map((layer) => layerOutput(layer, speechEncoders[name].family));

/** Returns mean and deviation over time [2 · layers · width] of a window, in seconds from the first frame. */
export function voiceStatistics(
  { layers, width, perSec }: VoiceFrames,
  { startSec, endSec }: SpeechRegion,
): Float32Array {
  const frames = layers[0]!.length / width;
  const first = Math.min(frames - 1, Math.round(startSec * perSec));
  const end = Math.max(first + 1, Math.min(frames, Math.round(endSec * perSec)));
  return layerStatistics(
    layers.map((layer) => layer.subarray(first * width, end * width)),
    width,
  );
}
