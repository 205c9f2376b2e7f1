import type { Runtime, Session } from "../graph/session.ts";
import { allOpened, openTogether } from "../shared/closing.ts";
import { throwIfCancelled } from "../shared/errors.ts";
import type { Decoded } from "./greedy-decoding.ts";
import { normalizeLevel } from "../audio/level.ts";
import { openPart } from "../graph/open-part.ts";
import { EnglishDetector } from "./english-detector.ts";
import { englishWeights } from "./english-weights.ts";
import {
  MoonshineDecoder,
  type EncodedUtterance,
  type UtteranceDecoder,
} from "./moonshine-decoder.ts";
import type { MoonshineSize } from "./moonshine-graphs.ts";
import { undetermined } from "./spoken-language.ts";
import {
  speechSampleRate,
  type BatchTranscriber,
  type EncodedSpeech,
  type EncodedTranscript,
  type Transcriber,
  type TranscribeOptions,
  type Transcript,
} from "./transcript.ts";

/** The published models. @see https://arxiv.org/abs/2410.15608 table 1 */
export const moonshineSizes = {
  tiny: { layers: 6, headSize: 36 },
  base: { layers: 8, headSize: 52 },
} as const satisfies Readonly<Record<string, MoonshineSize>>;

/** Runs a graph: a `Session`, or what stands in for one. */
export type Runner = Pick<Session, "run" | "close">;

/** The model was trained on at most this rate, and what comes faster is made up. */
const tokensPerSec = 6.5;
/** Less than the encoder's first convolutions need is padded with silence. */
const shortestSec = 0.5;
/** Trimmed from each side for the retry after an empty transcript. */
const edgeSec = 0.25;

interface MoonshineParts {
  readonly name: string;
  readonly encoder: Runner;
  readonly decoder: UtteranceDecoder;
  /** Whether the decoder works in a thread of its own. */
  readonly worksBeside?: boolean | undefined;
  readonly detokenize: (tokens: readonly number[]) => string;
  /** What tells English from languages that the model makes English words of; without it all counts as English. */
  readonly detector?: Pick<EnglishDetector, "layer" | "isEnglish"> | undefined;
  /** Of the encoder, to give with transcripts. */
  readonly layers?: readonly number[] | undefined;
}

/** What the encoder makes of an utterance. */
interface Sound extends EncodedUtterance, EncodedSpeech {
  /** The layer that tells its language, where that is asked. */
  readonly detected: Float32Array | undefined;
  readonly layers: readonly Float32Array[] | undefined;
}

const encoded = "last_hidden_state";
const layerOutput = (layer: number): string => `/layers.${layer}/Add_1_output_0`;

/** Returns the names of the encoder's output for the decoder, and of those of some of its layers. */
export const encoderOutputs = (layers: readonly number[]): string[] => [
  encoded,
  ...layers.map((layer) => layerOutput(layer)),
];

/** Useful Sensors' Moonshine, English: an encoder of any length of sound and a decoder with a cache. */
export class Moonshine implements Transcriber, BatchTranscriber {
  readonly name: string;
  readonly languages = ["en"];
  readonly worksBeside: boolean;
  readonly #parts: MoonshineParts;

  constructor(parts: MoonshineParts) {
    this.name = parts.name;
    this.worksBeside = parts.worksBeside ?? false;
    this.#parts = parts;
  }

  get batches(): this {
    return this;
  }

  /**
   * Transcribes an utterance; its language is `en` where that is given or detected, and else `und`.
   * @throws UndertoneError `cancelled`
   */
  async transcribe(
    samples: Float32Array,
    options: TranscribeOptions = {},
  ): Promise<EncodedTranscript> {
    const [transcript] = await this.decode([await this.encode(samples, options)], options);
    return transcript!;
  }

  /** Encodes an utterance. @throws UndertoneError `cancelled` */
  async encode(
    samples: Float32Array,
    { signal, language: given }: TranscribeOptions = {},
  ): Promise<Sound> {
    throwIfCancelled(signal);
    const { encoder, detector, layers } = this.#parts;
    const input = normalizeLevel(padded(samples));
    const outputs = await encoder.run({
      input_values: { data: input, shape: [1, input.length] },
    });
    const of = (layer: number): Float32Array => outputs[layerOutput(layer)]!;
    return {
      samples,
      states: outputs[encoded]!,
      detected: given === undefined && detector ? of(detector.layer) : undefined,
      layers: layers?.map(of),
      mostTokens: Math.ceil((samples.length / speechSampleRate) * tokensPerSec),
    };
  }

  /** Finds the words of encoded utterances, each as by itself. @throws UndertoneError `cancelled` */
  async decode(
    sounds: readonly Sound[],
    options: TranscribeOptions = {},
  ): Promise<EncodedTranscript[]> {
    const transcripts = await this.#transcripts(sounds, options.signal);
    const edge = edgeSec * speechSampleRate;
    // Silence around words can make the model miss them.
    const missed = [...sounds.keys()].filter(
      (n) => transcripts[n]!.text === "" && sounds[n]!.samples.length >= 4 * edge,
    );
    if (missed.length === 0) return transcripts; // It would wait for others that are decoded.
    const again: Sound[] = [];
    for (const n of missed) {
      again.push(await this.encode(sounds[n]!.samples.subarray(edge, -edge), options));
    }
    for (const [index, found] of (await this.#transcripts(again, options.signal)).entries()) {
      const n = missed[index]!;
      transcripts[n] = { ...found, layers: transcripts[n]!.layers };
    }
    return transcripts;
  }

  async #transcripts(
    sounds: readonly Sound[],
    signal: AbortSignal | undefined,
  ): Promise<EncodedTranscript[]> {
    const decoded = await this.#parts.decoder.decode(sounds, signal);
    return sounds.map((sound, n) => ({
      ...this.#transcript(decoded[n]!, sound),
      ...(sound.layers && { layers: sound.layers }),
    }));
  }

  #transcript(
    { tokens, probabilities, entropies }: Decoded,
    { detected: states, samples }: Sound,
  ): Transcript {
    const { detokenize, detector } = this.#parts;
    const durationSec = samples.length / speechSampleRate;
    const text = detokenize(tokens);
    if (text === "") return { text, confidence: 0, language: "en" };
    const sum = probabilities.reduce((total, probability) => total + probability, 0);
    const confidence = sum / probabilities.length;
    if (!detector || !states) return { text, confidence, language: "en" };
    const evidence = { states, probabilities, entropies, text, durationSec };
    return { text, confidence, language: detector.isEnglish(evidence) ? "en" : undetermined };
  }

  async close(): Promise<void> {
    await Promise.all([this.#parts.encoder.close(), this.#parts.decoder.close()]);
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
  /** The decoder's file, or the decoder that is opened elsewhere, in a thread of its own. */
  readonly decoder: Uint8Array | Promise<UtteranceDecoder>;
  /** Threads for one operator; by default one a core. */
  readonly threads?: number | undefined;
  /** Layers of the encoder to give with transcripts; none by default. */
  readonly layers?: readonly number[] | undefined;
}

/** @throws UndertoneError `model-invalid` */
export async function openMoonshine(
  runtime: Runtime,
  size: keyof typeof moonshineSizes,
  files: MoonshineFiles,
): Promise<Moonshine> {
  const { threads, layers } = files;
  const { detokenize } = await import("./llama-tokens.ts");
  const weights = englishWeights[size];
  const detector = weights && new EnglishDetector(weights);
  const outputs = new Set([...(detector ? [detector.layer] : []), ...(layers ?? [])]);
  const opening =
    files.decoder instanceof Uint8Array
      ? MoonshineDecoder.open(runtime, files.decoder, { size: moonshineSizes[size], threads })
      : files.decoder;
  const parts = await openTogether(async (keep) => {
    // Side by side, where the decoder has a thread; when one fails the other is closed, also where it opens later.
    const [decoder, encoder] = await allOpened([
      opening.then(keep),
      openPart(runtime, files.encoder, { outputs: encoderOutputs([...outputs]), threads }).then(
        keep,
      ),
    ]);
    return { decoder, encoder };
  });
  const worksBeside = !(files.decoder instanceof Uint8Array);
  return new Moonshine({
    name: `moonshine-${size}`,
    ...parts,
    worksBeside,
    detokenize,
    detector,
    layers,
  });
}
