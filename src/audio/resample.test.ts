import { describe, expect, test } from "vitest";
import { concatenate } from "./blocks.ts";
import { Resampler, resample } from "./resample.ts";

const tone = (hz: number, rate: number, seconds = 0.2): Float32Array =>
  Float32Array.from({ length: Math.round(rate * seconds) }, (_, n) =>
    Math.sin((2 * Math.PI * hz * n) / rate),
  );

const levelDb = (samples: Float32Array): number =>
  20 * Math.log10(Math.max(1e-10, Math.sqrt(2 * mean(samples, (x) => x * x))));

const mean = (samples: Float32Array, of: (x: number) => number): number =>
  samples.reduce((sum, x) => sum + of(x), 0) / samples.length;

/** Without the first and last 20 ms, where the sound that is cut off rings. */
const inside = (samples: Float32Array, rate: number): Float32Array =>
  samples.subarray(Math.round(rate * 0.02), samples.length - Math.round(rate * 0.02));

describe.each([
  [48_000, 16_000],
  [44_100, 16_000],
  [22_050, 16_000],
  [8000, 16_000],
  [16_000, 44_100],
  [384_000, 16_000],
])("%i Hz to %i Hz", (from, to) => {
  test("what lies well below both Nyquist rates passes: level, phase and place are the closed form's", async () => {
    for (const hz of [100, 1000, 0.42 * Math.min(from, to)]) {
      const got = inside(await resample(tone(hz, from), from, to), to);
      const expected = inside(tone(hz, to), to);
      const error = got.map((sample, n) => sample - expected[n]!);
      expect(levelDb(error)).toBeLessThan(-125);
    }
  });

  test("a constant keeps its level", async () => {
    const level = inside(await resample(new Float32Array(from / 5).fill(0.5), from, to), to);
    for (const sample of level) expect(Math.abs(sample - 0.5)).toBeLessThan(1e-4);
  });

  test("n samples become round(n · to / from)", async () => {
    for (const length of [0, 1, 2, 159, 160, 1000, 12_345]) {
      const { length: got } = await resample(new Float32Array(length), from, to);
      expect(got).toBe(Math.round((length * to) / from));
    }
  });
});

/**
 * Levels of tones by the converters of libsamplerate-js 2.1.2, from 44.1 to 16 kHz in dB: those that pass by the best one,
 * which is to the decimal what passes here, and those that are stopped by the medium one.
 */
const passed = { 0.85: 0, 0.9: 0 };
const stopped = { 1.01: -130.7, 1.1: -128.4, 1.6: -123 };

describe.each([44_100, 48_000])("from %i Hz, beside libsamplerate", (from) => {
  const levelOf = async (share: number): Promise<number> => {
    const sound = tone(8000 * share, from, 0.5);
    return levelDb(inside(await resample(sound, from, 16_000), 16_000));
  };

  test.each(Object.entries(passed))("%s of the new Nyquist rate passes", async (share, level) => {
    expect(Math.abs((await levelOf(Number(share))) - level)).toBeLessThan(1e-3);
  });

  test.each(Object.entries(stopped))(
    "%s of the new Nyquist rate is stopped",
    async (share, level) => {
      expect(await levelOf(Number(share))).toBeLessThan(level);
    },
  );
});

test.each([44_100, 48_000])(
  "from %i Hz to 16 kHz, tones above the new Nyquist rate are more than 130 dB down",
  async (from) => {
    for (let hz = 8100; hz < from / 2 - 100; hz += 990) {
      const left = inside(await resample(tone(hz, from), from, 16_000), 16_000);
      expect(levelDb(left)).toBeLessThan(-130);
    }
  },
);

test("an impulse stays at its place", async () => {
  const impulse = new Float32Array(48_000);
  impulse[24_000] = 1;
  const got = await resample(impulse, 48_000, 16_000);
  expect(got.indexOf(Math.max(...got))).toBe(8000);
});

test.each([1, 100, 777, 8820])(
  "blocks of %i samples give the same result as one call",
  async (length) => {
    const sound = tone(440, 44_100);
    const resampler = Resampler.create(44_100, 16_000);
    const blocks: Float32Array[] = [];
    for (let start = 0; start < sound.length; start += length) {
      blocks.push(resampler.push(sound.subarray(start, start + length)));
    }
    const joined = concatenate([...blocks, resampler.finish()]);
    expect(joined).toEqual(await resample(sound, 44_100, 16_000));
  },
);

test("two minutes do not drift", async () => {
  const sound = new Float32Array(44_100 * 120);
  sound[44_100 * 119] = 1;
  const got = await resample(sound, 44_100, 16_000);
  expect(got.length).toBe(120 * 16_000);
  const peak = got.reduce((best, sample, n) => (sample > got[best]! ? n : best), 0);
  expect(peak).toBe(119 * 16_000);
});

test("the same rate returns the same samples", async () => {
  const sound = tone(440, 16_000, 0.01);
  expect(await resample(sound, 16_000, 16_000)).toEqual(sound);
});

test("rates that are none are a caller's bug", async () => {
  for (const rate of [0, -1, 1.5, Number.NaN, Infinity]) {
    await expect(resample(new Float32Array(1), rate, 16_000)).rejects.toThrow(RangeError);
  }
  await expect(resample(new Float32Array(1), 10, 16_000)).rejects.toThrow(RangeError);
});

test("a rate that no converter has is told", async () => {
  const code = "audio-unsupported";
  await expect(resample(new Float32Array(1), 192_001, 16_000)).rejects.toMatchObject({ code });
});
