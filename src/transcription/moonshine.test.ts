import { expect, test } from "vitest";
import type { Decoded } from "./greedy-decoding.ts";
import { detokenize } from "./llama-tokens.ts";
import type { EnglishDetector, TranscriptEvidence } from "./english-detector.ts";
import { Moonshine, type Runner } from "./moonshine.ts";
import type { EncodedUtterance } from "./moonshine-decoder.ts";
import type { EncodedTranscript } from "./transcript.ts";

const width = 16;
const frames = 5;

/** A decoder that says the scripts, one after another, each token with a probability of 0.9. */
function scripted(scripts: readonly (readonly number[])[]) {
  const asked: EncodedUtterance[][] = [];
  let next = 0;
  const decoder = {
    decode: async (utterances: readonly EncodedUtterance[]): Promise<Decoded[]> => {
      asked.push([...utterances]);
      return utterances.map(({ mostTokens }) => {
        const tokens = (scripts[next++] ?? []).slice(0, mostTokens);
        const of = (value: number): number[] => tokens.map(() => value);
        return { tokens, probabilities: of(0.9), entropies: of(0.1), ended: "end-token" };
      });
    },
    close: async () => undefined,
  };
  return { decoder, asked };
}

function moonshine(
  scripts: readonly (readonly number[])[],
  detector?: Pick<EnglishDetector, "layer" | "isEnglish">,
  layers?: readonly number[],
) {
  const { decoder, asked } = scripted(scripts);
  const given: Float32Array[] = [];
  const encoder: Runner = {
    run: async (feeds) => {
      given.push(Float32Array.from(feeds["input_values"]!.data, Number));
      const states = new Float32Array(frames * width);
      return { last_hidden_state: states, "/layers.1/Add_1_output_0": states.map(() => 7) };
    },
    close: async () => undefined,
  };
  return {
    model: new Moonshine({ name: "test", encoder, decoder, detokenize, detector, layers }),
    asked,
    given,
  };
}

const tone = Float32Array.from({ length: 32_000 }, (_, n) => 0.001 * Math.sin(n));

async function transcribeAll(
  model: Moonshine,
  utterances: readonly Float32Array[],
): Promise<EncodedTranscript[]> {
  return model.decode(await Promise.all(utterances.map((samples) => model.encode(samples))));
}

test("utterances are decoded together, and those without words once more without their edges", async () => {
  const { model, asked, given } = moonshine([[15_043], [], [3186], [4196]]);
  const transcripts = await transcribeAll(model, [tone, tone, tone.subarray(0, 8000)]);
  expect(transcripts.map(({ text }) => text)).toEqual([
    detokenize([15_043]),
    detokenize([4196]),
    detokenize([3186]),
  ]);
  expect(asked.map((utterances) => utterances.length)).toEqual([3, 1]);
  expect(given.map((samples) => samples.length)).toEqual([32_000, 32_000, 8000, 24_000]);
});

test("layers that were asked for come with each transcript, also one of a second attempt", async () => {
  const { model } = moonshine([[], [3186], [4196]], undefined, [1]);
  const transcripts = await transcribeAll(model, [tone, tone.subarray(0, 8000)]);
  expect(transcripts.map(({ text }) => text)).toEqual([detokenize([4196]), detokenize([3186])]);
  for (const { layers } of transcripts) expect(layers).toEqual([new Float32Array(80).fill(7)]);
  expect(await moonshine([[3186]]).model.transcribe(tone)).not.toHaveProperty("layers");
});

test("a transcript has text, language and the tokens' mean probability", async () => {
  const { model, asked } = moonshine([[15_043, 3186]]);
  const { text, confidence, language } = await model.transcribe(tone);
  expect(asked).toHaveLength(1); // nothing was missed
  expect(text).toBe("Hello world");
  expect(language).toBe("en");
  expect(confidence).toBeCloseTo(0.9, 6);
});

test("words of what is not English are told by the language, from a layer and the decoder", async () => {
  const seen: TranscriptEvidence[] = [];
  const detector = {
    layer: 1,
    isEnglish: (evidence: TranscriptEvidence) => seen.push(evidence) > 1,
  };
  const hello = [[15_043, 3186]];
  const first = await moonshine(hello, detector).model.transcribe(tone);
  expect(first).toMatchObject({ text: "Hello world", language: "und" });
  expect(await moonshine(hello, detector).model.transcribe(tone)).toMatchObject({ language: "en" });
  const { states, probabilities, entropies, text, durationSec } = seen[0]!;
  expect([states.length, states[0], durationSec, text]).toEqual([80, 7, 2, "Hello world"]);
  expect(probabilities).toHaveLength(2);
  expect(entropies).toEqual([0.1, 0.1]);
});

test("where English is asked for, all words are believed", async () => {
  const detector = { layer: 1, isEnglish: () => false };
  const { model } = moonshine([[15_043]], detector);
  expect(await model.transcribe(tone, { language: "en" })).toMatchObject({ language: "en" });
  expect(await moonshine([], detector).model.transcribe(tone)).toMatchObject({ text: "" });
});

test("no words have no confidence", async () => {
  expect(await moonshine([]).model.transcribe(tone)).toMatchObject({ text: "", confidence: 0 });
  expect(await moonshine([[32_100]]).model.transcribe(tone)).toMatchObject({ confidence: 0 });
});

test("there are at most six and a half tokens a second", async () => {
  const { model, asked } = moonshine([]);
  await model.transcribe(tone);
  expect(asked[0]![0]!.mostTokens).toBe(13);
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
