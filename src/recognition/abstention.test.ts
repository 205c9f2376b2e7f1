import { expect, test } from "vitest";
import { recognizeSamples } from "../../test/support/recognize.ts";
import { inSequence, synthesizeVoice } from "../../test/support/voice.ts";
import { loudnessModel, quietModel } from "../../test/support/loudness-model.ts";
import type { ModelCard } from "../models/model-card.ts";
import { abstain } from "./abstention.ts";
import type { Segment, WindowModel } from "./analysis.ts";

const sampleRate = 16_000;
const silence = new Float32Array(3 * sampleRate);
const voice = (seconds: number, level: number): Float32Array =>
  synthesizeVoice(seconds, { sampleRate, level });

test("out-of-distribution speech is marked, left out of the shares, and named in a warning", async () => {
  const samples = inSequence(voice(6, 0.06), silence, voice(18, 0.9));
  const analysis = await recognizeSamples(samples, { voice: quietModel }, { sampleRate });
  const [quiet, pause, loud] = analysis.segments;
  expect(quiet).toMatchObject({ emotion: "sad", abstained: null });
  expect(quiet!.oodScore).toBeLessThan(0.5);
  expect(pause).toMatchObject({ emotion: null, abstained: null });
  expect(pause!.oodScore).toBeNull();
  expect(loud).toMatchObject({ emotion: "angry", oodScore: 1, abstained: "out-of-distribution" });
  expect(loud!.probabilities!["angry"]).toBeGreaterThan(0.5);
  expect(analysis.summary).toMatchObject({ dominantEmotion: "sad", shares: { sad: 1, angry: 0 } });
  expect(analysis.summary.coverage).toBeCloseTo(0.25, 1);
  expect(analysis.warnings).toEqual([
    expect.stringMatching(/^7\d % of the speech is out of distribution/),
  ]);
});

test("no warning where half or less is out of distribution", async () => {
  const samples = inSequence(voice(12, 0.06), silence, voice(6, 0.9));
  const { warnings } = await recognizeSamples(samples, { voice: quietModel }, { sampleRate });
  expect(warnings).toEqual([]);
});

test("a model that cannot say what it learned abstains from nothing", async () => {
  const samples = inSequence(voice(6, 0.06), silence, voice(6, 0.9));
  const analysis = await recognizeSamples(samples, { voice: loudnessModel }, { sampleRate });
  expect(analysis.segments.some(({ oodScore }) => oodScore !== null)).toBe(false);
  expect(analysis.segments.map(({ abstained }) => abstained)).toEqual([null, null, null]);
  expect(analysis).toMatchObject({ summary: { coverage: 1 }, warnings: [] });
});

test("below the confidence that was asked for an answer is unsure; of nothing but those nothing is stated", async () => {
  const unsure: WindowModel = {
    ...loudnessModel,
    predict: async (windows) => windows.map(() => ({ probabilities: Float32Array.of(0.45, 0.55) })),
  };
  const analyze = (minConfidence: number) =>
    recognizeSamples(voice(3, 0.9), { voice: unsure }, { sampleRate, minConfidence });
  expect((await analyze(0.55)).segments[0]).toMatchObject({ emotion: "angry", abstained: null });
  const analysis = await analyze(0.56);
  expect(analysis.segments[0]).toMatchObject({ emotion: "angry", abstained: "unsure" });
  expect(analysis.warnings).toEqual([]);
  expect(analysis.summary).toMatchObject({
    dominantEmotion: null,
    confidence: null,
    shares: { sad: 0, angry: 0 },
    coverage: 0,
  });
});

test.each([-0.1, 1.1, Number.NaN])("a least confidence of %d is refused", async (minConfidence) => {
  const analysis = recognizeSamples(
    silence,
    { voice: loudnessModel },
    { sampleRate, minConfidence },
  );
  await expect(analysis).rejects.toThrow(RangeError);
});

const noSegment = {
  startSec: 0,
  endSec: 1,
  channel: null,
  speaker: null,
  text: "",
  language: null,
  intensity: null,
  polarity: null,
  words: null,
  disagree: false,
  abstained: null,
};

test.each([
  [0.9901, "out-of-distribution"],
  [0.99, null],
])("an OOD score of %d is %s", (oodScore, abstained) => {
  const prediction = { emotion: "sad", confidence: 0.9, probabilities: { sad: 0.9, angry: 0.1 } };
  const segment: Segment = { ...noSegment, ...prediction, voice: prediction, oodScore };
  expect(abstain(segment, { card: {}, limits: {} }).abstained).toBe(abstained);
});

test("what is out of distribution is for the caller to say, or else for the model card", () => {
  const prediction = { emotion: "sad", confidence: 0.9, probabilities: { sad: 0.9, angry: 0.1 } };
  const segment = { ...noSegment, ...prediction, voice: prediction, oodScore: 0.7 };
  const abstained = (card: Pick<ModelCard, "notSpeech">, maxOodScore?: number) =>
    abstain(segment, { card, limits: { maxOodScore } }).abstained;
  expect(abstained({}, 0.5)).toBe("out-of-distribution");
  expect(abstained({}, 1)).toBeNull();
  expect(abstained({})).toBeNull();
  expect(abstained({ notSpeech: { maxScore: 0.6 } })).toBe("out-of-distribution");
  expect(abstained({ notSpeech: { maxScore: 0.6 } }, 0.8)).toBeNull();
});
