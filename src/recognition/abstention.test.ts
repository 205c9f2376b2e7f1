import { expect, test } from "vitest";
import { inSequence, synthesizeVoice } from "../../test/support/voice.ts";
import { loudnessModel, quietModel } from "../../test/support/loudness-model.ts";
import { abstain } from "./abstention.ts";
import type { Segment, WindowModel } from "./analysis.ts";
import { analyzeSamples } from "./analyze-samples.ts";

const sampleRate = 16_000;
const silence = new Float32Array(3 * sampleRate);
const voice = (seconds: number, level: number): Float32Array =>
  synthesizeVoice(seconds, { sampleRate, level });

test("what is unlike all that the model learned is marked, left out of the shares, and said", async () => {
  const samples = inSequence(voice(6, 0.06), silence, voice(18, 0.9));
  const analysis = await analyzeSamples(samples, { voice: quietModel }, { sampleRate });
  const [quiet, pause, loud] = analysis.segments;
  expect(quiet).toMatchObject({ emotion: "sad", abstained: null });
  expect(quiet!.familiarity).toBeGreaterThan(0.5);
  expect(pause).toMatchObject({ emotion: null, abstained: null });
  expect(pause).not.toHaveProperty("familiarity");
  expect(loud).toMatchObject({ emotion: "angry", familiarity: 0, abstained: "unfamiliar" });
  expect(loud!.probabilities!["angry"]).toBeGreaterThan(0.5);
  expect(analysis).toMatchObject({ dominantEmotion: "sad", shares: { sad: 1, angry: 0 } });
  expect(analysis.coverage).toBeCloseTo(0.25, 1);
  expect(analysis.warnings).toEqual([expect.stringMatching(/^7\d % of what is spoken is unlike/)]);
});

test("the same model is silent about it where half or less is strange", async () => {
  const samples = inSequence(voice(12, 0.06), silence, voice(6, 0.9));
  const { warnings } = await analyzeSamples(samples, { voice: quietModel }, { sampleRate });
  expect(warnings).toEqual([]);
});

test("a model that cannot say what it learned abstains from nothing", async () => {
  const samples = inSequence(voice(6, 0.06), silence, voice(6, 0.9));
  const analysis = await analyzeSamples(samples, { voice: loudnessModel }, { sampleRate });
  expect(analysis.segments.some((segment) => "familiarity" in segment)).toBe(false);
  expect(analysis.segments.map(({ abstained }) => abstained)).toEqual([null, null, null]);
  expect(analysis).toMatchObject({ coverage: 1, warnings: [] });
});

test("below the confidence that was asked for an answer is unsure; of nothing but those nothing is stated", async () => {
  const unsure: WindowModel = {
    ...loudnessModel,
    judge: async (windows) => windows.map(() => ({ probabilities: Float32Array.of(0.45, 0.55) })),
  };
  const analyze = (minConfidence: number) =>
    analyzeSamples(voice(3, 0.9), { voice: unsure }, { sampleRate, minConfidence });
  expect((await analyze(0.55)).segments[0]).toMatchObject({ emotion: "angry", abstained: null });
  const analysis = await analyze(0.56);
  expect(analysis.segments[0]).toMatchObject({ emotion: "angry", abstained: "unsure" });
  expect(analysis).toMatchObject({
    dominantEmotion: null,
    confidence: null,
    shares: { sad: 0, angry: 0 },
    coverage: 0,
    warnings: [],
  });
});

test.each([-0.1, 1.1, Number.NaN])("a least confidence of %d is refused", async (minConfidence) => {
  const analysis = analyzeSamples(silence, { voice: loudnessModel }, { sampleRate, minConfidence });
  await expect(analysis).rejects.toThrow(RangeError);
});

test.each([
  [0.0099, "unfamiliar"],
  [0.01, null],
])("a familiarity of %d is %s", (familiarity, abstained) => {
  const opinion = { emotion: "sad", confidence: 0.9, probabilities: { sad: 0.9, angry: 0.1 } };
  const segment: Segment = {
    startSec: 0,
    endSec: 1,
    text: "",
    ...opinion,
    voice: opinion,
    words: null,
    disagree: false,
    familiarity,
    abstained: null,
  };
  expect(abstain(segment, 0).abstained).toBe(abstained);
});
