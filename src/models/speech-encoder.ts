import { normalizeLevel } from "../audio/level.ts";
import { speechPart } from "../audio/speech-part.ts";
import { VoicingMeter } from "../audio/voicing.ts";
import { openPart } from "../graph/open-part.ts";
import type { Feeds, Runtime, Session } from "../graph/session.ts";
import {
  type EncoderLayers,
  encoderSampleRate,
  layerOutput,
  shortestSamples,
  speechEncoders,
} from "./encoder-layers.ts";
import { WhisperInput, whisperPositions } from "./whisper-input.ts";

/** Outputs of the layers that were asked for, each [frames, width]. */
export type HiddenLayers = readonly Float32Array[];

/** What an encoder is used by. */
export type Encoder = Pick<SpeechEncoder, "encode" | "encodeWhole" | "close">;

/** Opens an encoder, from a file or from what has loaded it for words already. */
export type OpenEncoder = (selection: EncoderLayers) => Promise<Encoder>;

/** Returns an encoder that is opened at its first use, again where that failed. */
export function openedAtUse(open: () => Promise<Encoder>): Encoder {
  let opened: Promise<Encoder> | undefined;
  const encoder = (): Promise<Encoder> =>
    (opened ??= open().catch((error: unknown) => {
      opened = undefined;
      throw error;
    }));
  return {
    encode: async (...given) => (await encoder()).encode(...given),
    encodeWhole: async (part) => (await encoder()).encodeWhole(part),
    close: async () => (await opened)?.close(),
  };
}

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
  readonly #meter = new VoicingMeter(encoderSampleRate);

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
    const input = isWhisper ? await WhisperInput.open(runtime, file) : moonshineInput;
    const inputs = isWhisper ? [whisperPositions] : [];
    const session = await openPart(runtime, file, { outputs, inputs, threads });
    return new SpeechEncoder(session, outputs, input);
  }

  /** Returns the layers of mono samples at 16 kHz; of speech longer than `longestSec`, of its middle. */
  async encode(samples: Float32Array, longestSec: number): Promise<HiddenLayers> {
    const meter = this.#meter;
    return this.encodeWhole(
      speechPart(samples, { sampleRate: encoderSampleRate, longestSec, meter }),
    );
  }

  /** Returns the layers of all of some mono samples at 16 kHz. */
  async encodeWhole(part: Float32Array): Promise<HiddenLayers> {
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
