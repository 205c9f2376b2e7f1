import { multiplyInBytes } from "../graph/byte-products.ts";
import { signWeights } from "../graph/signed-weights.ts";
import { Session, type Feeds, type Runtime } from "../graph/session.ts";
import { openTogether } from "../shared/closing.ts";
import { throwIfCancelled } from "../shared/errors.ts";
import { normalizeLevel } from "../audio/level.ts";
import { cutModel } from "../graph/cut.ts";
import { EnglishDetector } from "./english-detector.ts";
import { englishWeights } from "./english-weights.ts";
import { decodeGreedily } from "./greedy-decoding.ts";
import { undetermined } from "./spoken-language.ts";
import {
  speechSampleRate,
  type Transcriber,
  type TranscribeOptions,
  type Transcript,
} from "./transcript.ts";

/** Size of a Moonshine model. */
interface MoonshineSize {
  readonly layers: number;
  readonly headSize: number;
}

/** The published models. @see https://arxiv.org/abs/2410.15608 table 1 */
export const moonshineSizes = {
  tiny: { layers: 6, headSize: 36 },
  base: { layers: 8, headSize: 52 },
} as const satisfies Readonly<Record<string, MoonshineSize>>;

/** Runs a graph: a `Session`, or what stands in for one. */
export type Runner = Pick<Session, "run" | "close">;

const heads = 8;
const startToken = 1;
const endToken = 2;
/** The model was trained on at most this rate, and what comes faster is made up. */
const tokensPerSec = 6.5;
/** Less than the encoder's first convolutions need is padded with silence. */
const shortestSec = 0.5;
/** Trimmed from each side for the retry after an empty transcript. */
const edgeSec = 0.25;

interface MoonshineParts {
  readonly name: string;
  readonly size: MoonshineSize;
  readonly encoder: Runner;
  readonly decoder: Runner;
  readonly detokenize: (tokens: readonly number[]) => string;
  /** What tells English from languages that the model makes English words of; without it all counts as English. */
  readonly detector?: Pick<EnglishDetector, "layer" | "isEnglish"> | undefined;
}

const encoded = "last_hidden_state";
const layerOutput = (layer: number): string => `/layers.${layer}/Add_1_output_0`;

/** Returns the names of the encoder's output for the decoder, and of that of one of its layers. */
export const encoderOutputs = (layer: number): string[] => [encoded, layerOutput(layer)];

/** Useful Sensors' Moonshine, English: an encoder of any length of sound and a decoder with a cache. */
export class Moonshine implements Transcriber {
  readonly name: string;
  readonly languages = ["en"];
  readonly #parts: MoonshineParts;

  constructor(parts: MoonshineParts) {
    this.name = parts.name;
    this.#parts = parts;
  }

  /**
   * Transcribes an utterance; its language is `en` where that is given or detected, and else `und`.
   * @throws UndertoneError `cancelled`
   */
  async transcribe(samples: Float32Array, options: TranscribeOptions = {}): Promise<Transcript> {
    const transcript = await this.#recognize(samples, options);
    const edge = edgeSec * speechSampleRate;
    if (transcript.text !== "" || samples.length < 4 * edge) return transcript;
    // Silence around words can make the model miss them.
    return this.#recognize(samples.subarray(edge, -edge), options);
  }

  async #recognize(
    samples: Float32Array,
    { signal, language: given }: TranscribeOptions,
  ): Promise<Transcript> {
    throwIfCancelled(signal);
    const { encoder, detokenize, detector } = this.#parts;
    const input = normalizeLevel(padded(samples));
    const outputs = await encoder.run({ input_values: { data: input, shape: [1, input.length] } });
    const { tokens, probabilities, entropies } = await decodeGreedily(
      this.#decoder(outputs[encoded]!),
      {
        startToken,
        endToken,
        mostTokens: Math.ceil((samples.length / speechSampleRate) * tokensPerSec),
        signal,
      },
    );
    const text = detokenize(tokens);
    const sum = probabilities.reduce((total, probability) => total + probability, 0);
    if (text === "") return { text, confidence: 0, language: "en" };
    const confidence = sum / probabilities.length;
    if (detector === undefined || given !== undefined) return { text, confidence, language: "en" };
    const states = outputs[layerOutput(detector.layer)]!;
    const durationSec = samples.length / speechSampleRate;
    const evidence = { states, probabilities, entropies, text, durationSec };
    return { text, confidence, language: detector.isEnglish(evidence) ? "en" : undetermined };
  }

  async close(): Promise<void> {
    await Promise.all([this.#parts.encoder.close(), this.#parts.decoder.close()]);
  }

  /** One step of the decoder over `states` [frames · width], which keeps keys and values of what was before. */
  #decoder(states: Float32Array): (token: number, position: number) => Promise<Float32Array> {
    const { decoder, size } = this.#parts;
    const { layers, headSize } = size;
    const frames = states.length / (heads * headSize);
    const layerNames = Array.from({ length: layers }, (_, layer) => layer);
    const namesOf = (side: "decoder" | "encoder"): string[] =>
      layerNames.flatMap((layer) => [`${layer}.${side}.key`, `${layer}.${side}.value`]);
    const own = namesOf("decoder"); // of the tokens, one longer at each step
    const cross = namesOf("encoder"); // of the sound, computed at the first step
    const cache = new Map<string, Float32Array>();
    const feedsOf = (names: readonly string[], length: number): Feeds =>
      Object.fromEntries(
        names.map((name) => [
          `past_key_values.${name}`,
          cache.has(name)
            ? { data: cache.get(name)!, shape: [1, heads, length, headSize] }
            : { data: new Float32Array(0), shape: [0, heads, 1, headSize] },
        ]),
      );

    return async (token, position) => {
      const isFirst = position === 0;
      const wanted = isFirst ? [...own, ...cross] : own;
      const outputs = await decoder.run(
        {
          input_ids: { data: BigInt64Array.of(BigInt(token)), shape: [1, 1] },
          encoder_hidden_states: { data: states, shape: [1, frames, heads * headSize] },
          use_cache_branch: { data: Uint8Array.of(isFirst ? 0 : 1), shape: [1] },
          ...feedsOf(own, position),
          ...feedsOf(cross, frames),
        },
        ["logits", ...wanted.map((name) => `present.${name}`)],
      );
      for (const name of wanted) cache.set(name, outputs[`present.${name}`]!);
      return outputs["logits"]!;
    };
  }
}

function padded(samples: Float32Array): Float32Array {
  const least = shortestSec * speechSampleRate;
  if (samples.length >= least) return samples;
  const longer = new Float32Array(least);
  longer.set(samples);
  return longer;
}

interface MoonshineFiles {
  readonly encoder: Uint8Array;
  readonly decoder: Uint8Array;
  /** Threads for one operator of the encoder; by default one a core. */
  readonly threads?: number | undefined;
}

/** @throws UndertoneError `model-invalid` */
export async function openMoonshine(
  runtime: Runtime,
  size: keyof typeof moonshineSizes,
  { encoder: encoderBytes, decoder: decoderBytes, threads }: MoonshineFiles,
): Promise<Moonshine> {
  const { detokenize } = await import("./llama-tokens.ts");
  const options = threads === undefined ? {} : { threads };
  const weights = englishWeights[size];
  const detector = weights && new EnglishDetector(weights);
  const encoder = detector ? cutModel(encoderBytes, encoderOutputs(detector.layer)) : encoderBytes;
  const sessions = await openTogether(async (keep) => ({
    encoder: keep(await Session.open(runtime, await signWeights(runtime, encoder), options)),
    // A step's products are too small to share: a second thread would only wait, at full load.
    decoder: await Session.open(
      runtime,
      await signWeights(runtime, multiplyInBytes(decoderBytes)),
      { threads: 1 },
    ),
  }));
  const name = `moonshine-${size}`;
  return new Moonshine({ name, size: moonshineSizes[size], ...sessions, detokenize, detector });
}
