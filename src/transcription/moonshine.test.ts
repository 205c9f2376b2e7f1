import { expect, test } from "vitest";
import type { Feeds } from "../graph/session.ts";
import { detokenize } from "./llama-tokens.ts";
import type { EnglishDetector, TranscriptEvidence } from "./english-detector.ts";
import { Moonshine, type Runner } from "./moonshine.ts";

const size = { layers: 2, headSize: 2 };
const heads = 8;
const frames = 5;

interface Call {
  readonly feeds: Feeds;
  readonly outputNames: readonly string[];
}

/** A decoder that says the tokens of a script and gives caches whose values tell the step. */
function scripted(script: readonly number[]): { runner: Runner; calls: Call[] } {
  const calls: Call[] = [];
  const runner: Runner = {
    run: async (feeds, outputNames = []) => {
      const step = calls.length;
      calls.push({ feeds, outputNames });
      const outputs: Record<string, Float32Array> = { logits: new Float32Array(32_768) };
      outputs["logits"]![script[step] ?? 2] = 20;
      for (const name of outputNames.slice(1)) {
        const length = name.includes("encoder") ? frames : step + 1;
        outputs[name] = new Float32Array(heads * length * size.headSize).fill(step);
      }
      return outputs;
    },
    close: async () => undefined,
  };
  return { runner, calls };
}

function moonshine(
  script: readonly number[],
  detector?: Pick<EnglishDetector, "layer" | "isEnglish">,
): {
  model: Moonshine;
  calls: Call[];
  given: Float32Array[];
} {
  const { runner: decoder, calls } = scripted(script);
  const given: Float32Array[] = [];
  const encoder: Runner = {
    run: async (feeds) => {
      given.push(Float32Array.from(feeds["input_values"]!.data, Number));
      const states = new Float32Array(frames * heads * size.headSize);
      return { last_hidden_state: states, "/layers.1/Add_1_output_0": states.map(() => 7) };
    },
    close: async () => undefined,
  };
  const model = new Moonshine({ name: "test", size, encoder, decoder, detokenize, detector });
  return { model, calls, given };
}

const tone = Float32Array.from({ length: 32_000 }, (_, n) => 0.001 * Math.sin(n));

test("keys and values go round: those of the sound stay, those of the tokens grow", async () => {
  const { model, calls } = moonshine([349, 4196]);
  await model.transcribe(tone);
  expect(calls).toHaveLength(3);
  for (const [step, { feeds, outputNames }] of calls.entries()) {
    const first = step === 0;
    expect(feeds["input_ids"]!.data).toEqual(BigInt64Array.of([1n, 349n, 4196n][step]!));
    expect(feeds["use_cache_branch"]!.data).toEqual(Uint8Array.of(first ? 0 : 1));
    expect(feeds["encoder_hidden_states"]!.shape).toEqual([1, frames, 16]);
    const own = feeds["past_key_values.1.decoder.value"]!;
    const cross = feeds["past_key_values.1.encoder.key"]!;
    expect(own.shape).toEqual(first ? [0, heads, 1, 2] : [1, heads, step, 2]);
    expect(cross.shape).toEqual(first ? [0, heads, 1, 2] : [1, heads, frames, 2]);
    expect(own.data[0]).toBe(first ? undefined : step - 1); // of the step before
    expect(cross.data[0]).toBe(first ? undefined : 0); // of the first step
    expect(outputNames.filter((name) => name.includes("encoder"))).toHaveLength(first ? 4 : 0);
  }
});

test("a transcript has text, language and the tokens' mean probability", async () => {
  const { model } = moonshine([15_043, 3186]);
  const { text, confidence, language } = await model.transcribe(tone);
  expect(text).toBe("Hello world");
  expect(language).toBe("en");
  expect(confidence).toBeCloseTo(1 / (1 + 32_767 * Math.exp(-20)), 5);
});

test("words of what is not English are told by the language, from a layer and the decoder", async () => {
  const seen: TranscriptEvidence[] = [];
  const detector = {
    layer: 1,
    isEnglish: (evidence: TranscriptEvidence) => seen.push(evidence) > 1,
  };
  const hello = [15_043, 3186];
  const first = await moonshine(hello, detector).model.transcribe(tone);
  expect(first).toMatchObject({ text: "Hello world", language: "und" });
  expect(await moonshine(hello, detector).model.transcribe(tone)).toMatchObject({ language: "en" });
  const { states, probabilities, entropies, text, durationSec } = seen[0]!;
  expect([states.length, states[0], durationSec, text]).toEqual([80, 7, 2, "Hello world"]);
  expect(probabilities).toHaveLength(2);
  const other = 32_767 * Math.exp(-20);
  expect(entropies[0]).toBeCloseTo(Math.log(1 + other) + (20 * other) / (1 + other), 6);
});

test("where English is asked for, all words are believed", async () => {
  const detector = { layer: 1, isEnglish: () => false };
  const { model } = moonshine([15_043], detector);
  expect(await model.transcribe(tone, { language: "en" })).toMatchObject({ language: "en" });
  expect(await moonshine([], detector).model.transcribe(tone)).toMatchObject({ text: "" });
});

test("no words have no confidence", async () => {
  expect(await moonshine([]).model.transcribe(tone)).toMatchObject({ text: "", confidence: 0 });
  expect(await moonshine([32_100]).model.transcribe(tone)).toMatchObject({ confidence: 0 });
});

test("there are at most six and a half tokens a second", async () => {
  const { model, calls } = moonshine(Array.from({ length: 100 }, (_, n) => 1000 + n));
  await model.transcribe(tone);
  expect(calls).toHaveLength(13);
});

test("where the transcript is empty, it retries without the edges", async () => {
  const { model, calls, given } = moonshine([2, 15_043]); // the end at once, then a word
  expect(await model.transcribe(tone)).toMatchObject({ text: "Hello" });
  expect(calls).toHaveLength(3);
  expect(given.map((samples) => samples.length)).toEqual([32_000, 24_000]);
});

test("a whisper and a shout reach the encoder at one level, and very short sound is long enough", async () => {
  const { model, given } = moonshine([]);
  await model.transcribe(tone.subarray(0, 15_000));
  await model.transcribe(tone.subarray(0, 15_000).map((sample) => 500 * sample));
  await model.transcribe(tone.subarray(0, 10));
  expect(given).toHaveLength(3);
  expect(given[0]![1000]).toBeCloseTo(given[1]![1000]!, 6);
  expect(Math.max(...given[0]!)).toBeGreaterThan(0.05);
  expect(given[2]).toHaveLength(8000);
});
