import { expect, test } from "vitest";
import { openWhisper, type Transformers, type WhisperPipeline } from "./whisper.ts";

const end = 10; // special tokens from here on
const german = 12;
const vocabulary = 20;

type Decoding = Parameters<WhisperPipeline>[1];

const logitsFor = (token: number): { data: Float32Array } => {
  const data = new Float32Array(vocabulary);
  data[token] = 5;
  return { data };
};

const startToken = end + 1;

interface Settings {
  readonly type?: string;
  readonly multilingual?: boolean;
  /** Called after each token. */
  readonly onToken?: () => void;
}

/** Stands in for transformers.js: says tokens 3 and 4 to each logits processor, as its decoding loop does. */
function pretend({ type = "whisper", multilingual = true, onToken }: Settings = {}): {
  transformers: Transformers;
  calls: Decoding[];
} {
  const calls: Decoding[] = [];
  const transcribe = async (_: Float32Array, decoding: Decoding): ReturnType<WhisperPipeline> => {
    calls.push(decoding);
    const tokens = [BigInt(startToken)];
    for (const token of [15, 3, 4, end]) {
      for (const observe of decoding.logits_processor) observe([tokens], logitsFor(token));
      tokens.push(BigInt(token));
      onToken?.();
    }
    return {
      text: " Guten Tag",
      chunks: [
        { text: " Guten", timestamp: [0.1, 0.4] },
        { text: " Tag", timestamp: [0.4, null] },
      ],
    };
  };
  const languages = { "<|de|>": german, "<|en|>": german + 1 };
  const pipeline: WhisperPipeline = Object.assign(transcribe, {
    processor: async () => ({ input_features: "features" }),
    model: {
      config: { model_type: type },
      sessions: { model: { run: async () => ({}) } },
      generation_config: {
        decoder_start_token_id: startToken,
        eos_token_id: end,
        is_multilingual: multilingual,
        alignment_heads: [[0, 0]],
        ...(multilingual && { lang_to_id: languages }),
      },
      generate: async ({ logits_processor }: Decoding) => {
        for (const observe of logits_processor) observe([[BigInt(startToken)]], logitsFor(german));
      },
    },
    dispose: async () => undefined,
  });
  const env = { localModelPath: "", allowRemoteModels: false, cacheDir: "" };
  return { transformers: { env, pipeline: async () => pipeline }, calls };
}

const samples = new Float32Array(16_000);

test("words have times, tokens give the confidence, and the language is found", async () => {
  const { transformers, calls } = pretend();
  const whisper = await openWhisper(transformers, "model", "whisper-test");
  expect(whisper.languages).toEqual(["de", "en"]);
  const transcript = await whisper.transcribe(samples);
  expect(transcript).toEqual({
    text: "Guten Tag",
    confidence: expect.closeTo(Math.exp(5) / (Math.exp(5) + end), 5),
    language: "de",
    words: [
      { text: "Guten", startSec: 0.1, endSec: 0.4 },
      { text: "Tag", startSec: 0.4, endSec: 0.4 },
    ],
  });
  expect(calls[0]).toMatchObject({ language: "de", return_timestamps: "word" });
});

test("a language that is named is not looked for", async () => {
  const { transformers, calls } = pretend();
  const whisper = await openWhisper(transformers, "model", "whisper-test");
  expect(await whisper.transcribe(samples, { language: "en" })).toMatchObject({ language: "en" });
  expect(calls[0]).toMatchObject({ language: "en" });
});

test("a model of English alone is asked for no language", async () => {
  const { transformers, calls } = pretend({ multilingual: false });
  const whisper = await openWhisper(transformers, "model", "whisper-test");
  expect(whisper.languages).toEqual(["en"]);
  expect(await whisper.transcribe(samples)).toMatchObject({ language: "en" });
  expect(calls[0]).not.toHaveProperty("language");
});

test("it can be cancelled between tokens", async () => {
  const controller = new AbortController();
  let tokens = 0;
  const { transformers } = pretend({ onToken: () => ++tokens === 2 && controller.abort() });
  const whisper = await openWhisper(transformers, "model", "whisper-test");
  const { signal } = controller;
  await expect(whisper.transcribe(samples, { signal })).rejects.toMatchObject({
    code: "cancelled",
  });
  expect(tokens).toBe(2);
});

test("what is no Whisper, and what cannot be loaded, is refused", async () => {
  const other = pretend({ type: "wav2vec2" }).transformers;
  await expect(openWhisper(other, "model", "x")).rejects.toMatchObject({
    code: "model-invalid",
    message: expect.stringContaining("wav2vec2"),
  });
  const broken = {
    ...other,
    pipeline: async () => {
      throw new Error("no such file");
    },
  };
  await expect(openWhisper(broken, "model", "x")).rejects.toMatchObject({
    code: "model-invalid",
    message: expect.stringContaining("no such file"),
  });
});
