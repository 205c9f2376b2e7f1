import { describe, expect, test } from "vitest";
import { synthesize, vowel } from "../../../test/sounds.ts";
import { limitBand } from "./band.ts";
import { codecs } from "./codec-names.ts";
import { applyCodec } from "./codec.ts";

const sampleRate = 16_000;
const voice = vowel(1.5, sampleRate, (t) => 120 + 30 * t);
const tone = (hz: number): Float32Array =>
  synthesize(1, sampleRate, (t) => 0.3 * Math.sin(2 * Math.PI * hz * t));
const power = (samples: Float32Array): number =>
  samples.reduce((sum, x) => sum + x * x, 0) / samples.length;
const decibels = (ratio: number): number => 10 * Math.log10(ratio);
/** Without the clicks at both ends. */
const steady = (samples: Float32Array): Float32Array => samples.slice(1600, -1600);

/** Down to 8 kHz and back. */
function through(samples: Float32Array): Float32Array {
  const line = limitBand(samples, { fromHz: 16_000, toHz: 8000, lowHz: 300, highHz: 3400 });
  return limitBand(line, { fromHz: 8000, toHz: 16_000, highHz: 3600 });
}

describe("a band of frequencies", () => {
  test.each([320, 1000, 3300])("%i Hz come through 8 kHz unchanged and without delay", (hz) => {
    const samples = tone(hz);
    const error = steady(through(samples).map((x, n) => x - samples[n]!));
    expect(decibels(power(error) / power(samples))).toBeLessThan(-60);
  });

  test.each([60, 190, 3850, 6000])("%i Hz are gone", (hz) => {
    expect(decibels(power(steady(through(tone(hz)))) / power(tone(hz)))).toBeLessThan(-50);
  });

  test.each([0, 1, 17, 6144, 6145])("%i samples keep their number", (length) => {
    const samples = new Float32Array(length).fill(0.1);
    const half = limitBand(samples, { fromHz: 16_000, toHz: 8000, highHz: 3400 });
    expect(half).toHaveLength(Math.ceil(length / 2));
    expect(samples.every((x) => x === Math.fround(0.1))).toBe(true);
  });
});

describe.each(codecs)("%s", (codec) => {
  test("keeps length and level of a voice, and is the same each time", () => {
    const before = voice.slice();
    const after = applyCodec(voice, codec);
    expect(after).toHaveLength(voice.length);
    expect(voice).toEqual(before);
    expect(applyCodec(voice, codec)).toEqual(after);
    expect(after.every(Number.isFinite)).toBe(true);
    const inBand = applyBand(voice);
    expect(Math.abs(decibels(power(after) / power(inBand)))).toBeLessThan(3);
  });

  test("leaves silence, nothing and one sample what they are", () => {
    for (const length of [0, 1, 4000]) {
      const after = applyCodec(new Float32Array(length), codec);
      expect(after).toHaveLength(length);
      expect(Math.max(0, ...after.map(Math.abs))).toBeLessThan(3e-4); // A-law has no 0
    }
  });

  test("has no more of a voice than its bits allow", () => {
    const after = applyCodec(voice, codec);
    const inBand = applyBand(voice);
    const errorDb = decibels(power(inBand) / power(after.map((x, n) => x - inBand[n]!)));
    expect(errorDb).toBeGreaterThan(2);
    expect(errorDb).toBeLessThan(45);
  });

  test("is not upset by clipped noise", () => {
    const loud = synthesize(0.5, sampleRate, (t) => Math.sign(Math.sin(1e7 * t * t)));
    const after = applyCodec(loud, codec);
    expect(after.every((x) => Math.abs(x) < 8)).toBe(true);
  });

  function applyBand(samples: Float32Array): Float32Array {
    const wide = codec === "opus-like-12" || codec === "opus-like-16";
    const band = wide ? { lowHz: 50, highHz: 6000 } : { lowHz: 300, highHz: 3400 };
    const lowHz = codec === "opus-like-8" ? 50 : band.lowHz;
    return limitBand(samples, { fromHz: sampleRate, toHz: sampleRate, ...band, lowHz });
  }
});

test("more bits leave less noise", () => {
  const wide = limitBand(voice, { fromHz: sampleRate, toHz: sampleRate, lowHz: 50, highHz: 6000 });
  const errors = (["opus-like-8", "opus-like-16", "mu-law"] as const).map((codec) => {
    const after = limitBand(applyCodec(voice, codec), {
      fromHz: sampleRate,
      toHz: sampleRate,
      lowHz: 400,
      highHz: 3000,
    });
    const before = limitBand(wide, {
      fromHz: sampleRate,
      toHz: sampleRate,
      lowHz: 400,
      highHz: 3000,
    });
    return power(after.map((x, n) => x - before[n]!));
  });
  expect(errors).toEqual(errors.toSorted((a, b) => b - a));
});
