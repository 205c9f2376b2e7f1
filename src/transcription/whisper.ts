import { throwIfCancelled, UndertoneError } from "../shared/errors.ts";
import type { Transcriber, TranscribeOptions, Transcript, Word } from "./transcript.ts";

/** Logits [1, vocabulary] of the next token. */
interface Logits {
  readonly data: Float32Array;
}

/** Sees the tokens [batch][token] so far and the logits before anything is chosen. */
type LogitsObserver = (tokens: readonly (readonly bigint[])[], logits: Logits) => Logits;

/** What a call asks of decoding; see transformers.js's `GenerationConfig` for the others. */
interface Decoding {
  readonly logits_processor: readonly LogitsObserver[];
  readonly [option: string]: unknown;
}

interface WhisperOutput {
  readonly text: string;
  readonly chunks?: readonly {
    readonly text: string;
    readonly timestamp: readonly [number, number | null];
  }[];
}

interface EncoderSession {
  run: (feeds: unknown, outputs?: readonly string[]) => Promise<unknown>;
}

/** A loaded model, as transformers.js has it. */
export interface WhisperPipeline {
  (samples: Float32Array, decoding: Decoding): Promise<WhisperOutput>;
  readonly processor: (samples: Float32Array) => Promise<{ readonly input_features: unknown }>;
  readonly model: {
    readonly config: { readonly model_type: string };
    /** `model` is the encoder. */
    readonly sessions: { readonly model: EncoderSession };
    readonly generation_config: {
      readonly decoder_start_token_id: number;
      readonly eos_token_id: number;
      readonly is_multilingual?: boolean;
      readonly lang_to_id?: Readonly<Record<string, number>>;
      readonly alignment_heads?: unknown;
    };
    generate(decoding: Decoding): Promise<unknown>;
  };
  dispose(): Promise<void>;
}

/** What we use of transformers.js, which a person installs beside undertone. */
export interface Transformers {
  readonly env: { localModelPath: string; allowRemoteModels: boolean; cacheDir: string };
  pipeline(
    task: "automatic-speech-recognition",
    model: string,
    options: Readonly<Record<string, unknown>>,
  ): Promise<WhisperPipeline>;
}

/**
 * A Whisper model in transformers.js; `model` is an id on the hub, or a folder below `env.localModelPath`.
 * @throws UndertoneError `model-invalid` when it cannot be loaded or is no Whisper
 */
export async function openWhisper(
  transformers: Transformers,
  model: string,
  name: string,
): Promise<Transcriber> {
  let pipeline: WhisperPipeline;
  try {
    pipeline = await transformers.pipeline("automatic-speech-recognition", model, {
      dtype: "q8",
      session_options: { logSeverityLevel: 3 },
    });
  } catch (cause) {
    const message = `transformers.js cannot load the model ${model}: ${String(cause)}`;
    throw new UndertoneError("model-invalid", message, { cause });
  }
  const { model_type: type } = pipeline.model.config;
  if (type !== "whisper") {
    await pipeline.dispose();
    throw new UndertoneError("model-invalid", `${model} is a ${type} and no Whisper model.`);
  }
  keepStatesAlone(pipeline.model.sessions.model);
  const { is_multilingual, lang_to_id: ids = {} } = pipeline.model.generation_config;
  return {
    name,
    languages: is_multilingual ? Object.keys(ids).map(codeOf) : ["en"],
    transcribe: (samples, options = {}) => transcribe(pipeline, samples, options),
    close: () => pipeline.dispose(),
  };
}

/** Many exports also give every attention matrix of the encoder: for whisper-base 400 MB that nobody reads. */
function keepStatesAlone(encoder: EncoderSession): void {
  const run = encoder.run.bind(encoder);
  encoder.run = (feeds) => run(feeds, ["last_hidden_state"]);
}

async function transcribe(
  pipeline: WhisperPipeline,
  samples: Float32Array,
  { signal, language: given }: TranscribeOptions,
): Promise<Transcript> {
  throwIfCancelled(signal);
  const {
    eos_token_id: endToken,
    is_multilingual,
    alignment_heads,
  } = pipeline.model.generation_config;
  const language = given ?? (is_multilingual ? await detectLanguage(pipeline, samples) : "en");
  const probabilities: number[] = [];
  let last: Logits["data"] | undefined;
  // The chosen token is seen one step later; all tokens from the end token on are special.
  const observe: LogitsObserver = ([tokens], logits) => {
    throwIfCancelled(signal);
    const token = Number(tokens?.at(-1));
    if (last !== undefined && token < endToken) probabilities.push(probabilityOf(token, last));
    last = logits.data.slice(0, endToken + 1); // times, which are special tokens too, do not compete
    return logits;
  };
  const { text, chunks } = await pipeline(samples, {
    return_timestamps: alignment_heads === undefined ? false : "word",
    logits_processor: [observe],
    ...(is_multilingual && { language, task: "transcribe" }),
  });
  const spoken = text.trim();
  const sum = probabilities.reduce((total, probability) => total + probability, 0);
  return {
    text: spoken,
    confidence: spoken === "" || probabilities.length === 0 ? 0 : sum / probabilities.length,
    language,
    ...(alignment_heads !== undefined && { words: (chunks ?? []).map(toWord) }),
  };
}

/** Two-letter code of the likeliest language. It takes a pass of the encoder, which naming the language spares. */
async function detectLanguage(pipeline: WhisperPipeline, samples: Float32Array): Promise<string> {
  const { model, processor } = pipeline;
  const { decoder_start_token_id: startToken, lang_to_id: languages = {} } =
    model.generation_config;
  let best = { code: "en", logit: Number.NEGATIVE_INFINITY };
  const observe: LogitsObserver = (_, logits) => {
    for (const [token, id] of Object.entries(languages)) {
      const logit = logits.data[id]!;
      if (logit > best.logit) best = { code: codeOf(token), logit };
    }
    return logits;
  };
  const { input_features } = await processor(samples);
  await model.generate({
    inputs: input_features,
    decoder_input_ids: [[startToken]],
    max_new_tokens: 1,
    logits_processor: [observe],
  });
  return best.code;
}

/** `<|en|>` → `en` */
const codeOf = (token: string): string => token.replaceAll(/[<|>]/g, "");

function probabilityOf(token: number, logits: Float32Array): number {
  let highest = Number.NEGATIVE_INFINITY;
  for (const logit of logits) if (logit > highest) highest = logit;
  let sum = 0;
  for (const logit of logits) sum += Math.exp(logit - highest);
  return Math.exp(logits[token]! - highest) / sum;
}

function toWord({
  text,
  timestamp: [startSec, endSec],
}: NonNullable<WhisperOutput["chunks"]>[number]): Word {
  return { text: text.trim(), startSec, endSec: endSec ?? startSec };
}
