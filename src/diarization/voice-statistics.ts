import { normalizeLevel } from "../audio/level.ts";
import { logMelSpectrogram } from "../audio/log-mel.ts";
import { pitch } from "../audio/pitch.ts";
import { cutModel } from "../graph/cut.ts";
import { Session, type Runtime } from "../graph/session.ts";
import {
  encoderSampleRate,
  layerOutput,
  shortestSamples,
  speechEncoders,
  type EncoderLayers,
} from "../models/encoder-layers.ts";
import { layerStatistics, rowMoments } from "../models/layer-statistics.ts";

/** Describes the voice in a second or two of speech: mean and deviation over time of an encoder's early layers. */
export class VoiceStatistics {
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
  ): Promise<VoiceStatistics> {
    const { threads } = options;
    const session = threads === undefined ? {} : { threads };
    const cut = cutModel(encoder, outputsOf(options));
    return new VoiceStatistics(options, await Session.open(runtime, cut, session));
  }

  /** Returns the statistics [2 · layers · width] of mono samples at 16 kHz. */
  async of(samples: Float32Array): Promise<Float32Array> {
    const data = new Float32Array(Math.max(samples.length, shortestSamples));
    data.set(normalizeLevel(samples));
    const outputs = await this.#session.run({ input_values: { data, shape: [1, data.length] } });
    const layers = outputsOf(this.#layers).map((output) => outputs[output]!);
    const parts = [
      layerStatistics(layers, speechEncoders[this.#layers.name].width),
      spectrumStatistics(data),
      pitchStatistics(data),
    ];
    return Float32Array.from(parts.flatMap((part) => [...part]));
  }

  async close(): Promise<void> {
    await this.#session.close();
  }
}

const nMels = 64;
const hopLength = 256;
/** Frames that are quieter than the loudest by more than this, in dB, are left out. */
const rangeDb = 26;

/** Returns mean and deviation [2, 64] over the loud frames of a log-mel spectrum. */
function spectrumStatistics(samples: Float32Array): Float32Array {
  const options = { sampleRate: encoderSampleRate, nFft: 1024, winLength: 800, hopLength, nMels };
  const logMel = logMelSpectrogram(samples, options); // [nMels, frames]
  const frames = logMel.length / nMels;
  const columns = Array.from({ length: frames }, (_, t) =>
    Float32Array.from({ length: nMels }, (_band, mel) => logMel[mel * frames + t]!),
  );
  const levels = columns.map((column) => column.reduce((sum, value) => sum + Math.exp(value), 0));
  const least = Math.max(...levels) * 10 ** (-rangeDb / 10);
  const { mean, deviation } = rowMoments(columns.filter((_, t) => levels[t]! >= least));
  return Float32Array.of(...mean, ...deviation);
}

/** Quantiles of the logarithm of the pitch. */
const shares = [0.1, 0.25, 0.5, 0.75, 0.9];
/** Log hertz, where no pitch is found: between men and women. */
const unknownPitch = 5.1;

/** Returns quantiles of the log fundamental frequency, and how much of the time is voiced [6]. */
function pitchStatistics(samples: Float32Array): Float32Array {
  const { f0 } = pitch(samples, encoderSampleRate);
  const voiced = [...f0]
    .filter((hz) => hz > 0)
    .map(Math.log)
    .toSorted((a, b) => a - b);
  const quantiles = shares.map(
    (share) => voiced[Math.floor(share * voiced.length)] ?? unknownPitch,
  );
  return Float32Array.of(...quantiles, voiced.length / f0.length);
}

const outputsOf = ({ name, layers }: EncoderLayers): string[] =>
  layers.map((layer) => layerOutput(layer, speechEncoders[name].family));
