import { normalizeLevel } from "../audio/level.ts";
import { cutModel } from "../graph/cut.ts";
import { Session, type Runtime } from "../graph/session.ts";
import {
  layerOutput,
  shortestSamples,
  speechEncoders,
  type EncoderLayers,
} from "../models/encoder-layers.ts";
import { layerStatistics } from "../models/layer-statistics.ts";

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
    return layerStatistics(layers, speechEncoders[this.#layers.name].width);
  }

  async close(): Promise<void> {
    await this.#session.close();
  }
}

const outputsOf = ({ name, layers }: EncoderLayers): string[] =>
  layers.map((layer) => layerOutput(layer, speechEncoders[name].family));
