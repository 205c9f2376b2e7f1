import { expect, test } from "vitest";
import { loudnessModel } from "../../test/support/loudness-model.ts";
import { recognizeAll, recognizeSamples } from "../../test/support/recognize.ts";
import { inSequence, synthesizeNoise, synthesizeVoice } from "../../test/support/voice.ts";
import type { WindowModel } from "./analysis.ts";

const sampleRate = 16_000;
const models = { voice: loudnessModel };
const silence = (seconds: number): Float32Array => new Float32Array(seconds * sampleRate);
const loud = (seconds: number): Float32Array =>
  synthesizeVoice(seconds, { sampleRate, level: 0.9 });
const quiet = (seconds: number): Float32Array =>
  synthesizeVoice(seconds, { sampleRate, level: 0.06 });

test("a quiet speaker, a pause and a loud speaker are three segments where they are", async () => {
  const samples = inSequence(silence(2), quiet(8), silence(4), loud(12), silence(2));
  const { segments, durationSec, summary } = await recognizeSamples(samples, models, {
    sampleRate,
  });
  expect(segments.map(({ emotion }) => emotion)).toEqual([null, "sad", null, "angry", null]);
  const bounds = segments.map(({ startSec }) => startSec);
  for (const [i, expected] of [0, 2, 10, 14, 26].entries()) {
    expect(Math.abs(bounds[i]! - expected)).toBeLessThan(0.25);
  }
  expect(segments.at(-1)?.endSec).toBe(28);
  expect(durationSec).toBe(28);
  expect(Math.abs(summary.speechSec - 20)).toBeLessThan(0.6);
  expect(summary.dominantEmotion).toBe("angry");
  expect(summary.shares["angry"]).toBeCloseTo(0.6, 1);
});

test("segments follow each other without gaps and hold probabilities that name their emotion", async () => {
  const samples = inSequence(quiet(20), loud(20), silence(3), quiet(2));
  const { segments } = await recognizeSamples(samples, models, { sampleRate });
  expect(segments[0]?.startSec).toBe(0);
  for (const [i, { endSec, emotion, confidence, probabilities }] of segments.entries()) {
    expect(segments[i + 1]?.startSec ?? 45).toBe(endSec);
    if (emotion === null || probabilities === null) continue;
    expect(probabilities[emotion]).toBe(confidence);
    expect(Object.values(probabilities).reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 3);
    expect(confidence).toBe(Math.max(...Object.values(probabilities)));
  }
});

test.each([
  ["silence", silence(5)],
  ["noise", synthesizeNoise(5, { sampleRate, level: 0.1 })],
  ["one sample", Float32Array.of(0.5)],
])("%s is no speech rather than a guess", async (_, samples) => {
  const analysis = await recognizeSamples(samples, models, { sampleRate });
  const { summary } = analysis;
  expect(summary).toMatchObject({ speechSec: 0, dominantEmotion: null, confidence: null });
  expect(summary.shares).toEqual({ sad: 0, angry: 0 });
  expect(analysis.segments.every(({ emotion }) => emotion === null)).toBe(true);
});

test("a short utterance gets one window with what the model says of it", async () => {
  const samples = inSequence(silence(1), loud(1.5), silence(1));
  const given: Float32Array[] = [];
  const voice: WindowModel = {
    ...loudnessModel,
    predict: async (windows) => {
      given.push(...windows);
      return windows.map(() => ({ probabilities: Float32Array.of(0.3, 0.7) }));
    },
  };
  const { segments } = await recognizeSamples(samples, { voice }, { sampleRate });
  expect(given.map((window) => window.length)).toEqual([3 * sampleRate]);
  expect(segments[1]).toMatchObject({ emotion: "angry", probabilities: { sad: 0.3, angry: 0.7 } });
});

test("what comes in blocks gives what comes whole", async () => {
  const samples = inSequence(quiet(4), silence(3), loud(32), silence(9), quiet(5), silence(4));
  const inBlocks = async (blockSec: number): ReturnType<typeof recognizeAll> => {
    const length = blockSec * sampleRate;
    const count = Math.ceil(samples.length / length);
    const blocks = Array.from({ length: count }, (_, i) => [
      samples.subarray(i * length, (i + 1) * length),
    ]);
    return recognizeAll({ blocks, sampleRate, warnings: ["odd"] }, models);
  };
  const whole = await inBlocks(1000);
  expect(whole.segments.map(({ emotion }) => emotion)).toEqual([
    "sad",
    null,
    "angry",
    null,
    "sad",
    null,
  ]);
  expect(whole.warnings).toEqual(["odd"]);
  for (const blockSec of [0.5, 31]) {
    expect((await inBlocks(blockSec)).segments).toEqual(whole.segments);
  }
});

test("another sample rate gives the same timeline", async () => {
  const options = { sampleRate: 44_100, level: 0.9 };
  const samples = inSequence(new Float32Array(44_100), synthesizeVoice(4, options));
  const { segments, durationSec } = await recognizeSamples(samples, models, options);
  expect(durationSec).toBeCloseTo(5, 2);
  expect(segments.map(({ emotion }) => emotion)).toEqual([null, "angry"]);
});

test("progress is reported and a cancelled analysis stops", async () => {
  const controller = new AbortController();
  const done: number[] = [];
  const analysis = recognizeSamples(inSequence(loud(4), loud(8)), models, {
    sampleRate,
    signal: controller.signal,
    onProgress: (doneSec) => {
      done.push(doneSec);
      if (doneSec >= 10) controller.abort();
    },
  });
  await expect(analysis).rejects.toMatchObject({ code: "cancelled" });
  expect(done).toEqual([5, 10]);
});

test.each([
  [Float32Array.of(0, Number.NaN), 16_000, "sample 1 is NaN"],
  [Float32Array.of(Infinity), 16_000, "sample 0 is Infinity"],
  [Float32Array.of(0), 0, "sampleRate"],
])("samples or rates that are none are refused", async (samples, rate, message) => {
  const analysis = recognizeSamples(samples, models, { sampleRate: rate });
  await expect(analysis).rejects.toThrow(message);
});

test("a model that answers with no numbers is refused, not believed", async () => {
  const damaged = {
    ...loudnessModel,
    predict: async (windows: readonly Float32Array[]) =>
      windows.map(() => ({ probabilities: Float32Array.of(Number.NaN, 0.5) })),
  };
  await expect(recognizeSamples(loud(2), { voice: damaged }, { sampleRate })).rejects.toMatchObject(
    {
      code: "model-invalid",
    },
  );
});

test("a reference is no longer than the speech, though windows are", async () => {
  const ordinary = {
    neutralShare: 0.8,
    speakerShare: 1,
    bias: { adapted: 1, unknown: 2 },
    evidence: [-4, -2, 0],
  };
  const card = { ...loudnessModel.card, labels: ["neutral", "angry"], ordinary };
  const voice: WindowModel = { ...loudnessModel, card };
  const samples = inSequence(silence(1), quiet(1.5), silence(1));
  const { reference, summary } = await recognizeSamples(samples, { voice }, { sampleRate });
  expect(reference.source).toBe("recording");
  expect(reference.speechSec).toBeGreaterThan(1);
  expect(reference.speechSec).toBeLessThanOrEqual(summary.speechSec);
});
