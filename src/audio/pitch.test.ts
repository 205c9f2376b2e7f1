import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { phrases, synthesize, vowel, whiteNoise } from "../../test/sounds.ts";
import { pitch } from "./pitch.ts";

const sampleRate = 16_000;

const octaveUp = (t: number): number => 120 * 2 ** t;
const vibrato = (t: number): number => 180 + 30 * Math.sin(6 * t);

/** Largest deviation from `f0` in cents and the share of voiced frames, away from both ends. */
function deviation(
  samples: Float32Array,
  rate: number,
  f0: (t: number) => number,
): { cents: number; voiced: number } {
  const track = pitch(samples, rate);
  const inner = [...track.f0.keys()].slice(3, -4);
  const voiced = inner.filter((t) => track.f0[t]! > 0);
  const cents = voiced.map((t) =>
    Math.abs(1200 * Math.log2(track.f0[t]! / f0((t * track.hopLength) / rate))),
  );
  return { cents: Math.max(...cents), voiced: voiced.length / inner.length };
}

test.each([70, 110, 220, 440, 590])("a vowel at %i Hz is found within 5 cents", (hz) => {
  const { cents, voiced } = deviation(
    vowel(0.6, sampleRate, () => hz),
    sampleRate,
    () => hz,
  );
  expect(voiced).toBe(1);
  expect(cents).toBeLessThan(5);
});

test.each([8000, 22_050, 44_100])("a glide of an octave at %i Hz is followed", (rate) => {
  const { cents, voiced } = deviation(vowel(1, rate, octaveUp), rate, octaveUp);
  expect(voiced).toBe(1);
  expect(cents).toBeLessThan(10);
});

test("a sine and a pulse train, without formants, have no octave errors", () => {
  const sine = synthesize(0.5, sampleRate, (t) => 0.1 * Math.sin(2 * Math.PI * 300 * t));
  expect(deviation(sine, sampleRate, () => 300).cents).toBeLessThan(3);
  const pulses = synthesize(0.5, sampleRate, () => 0).map((_, n) => (n % 160 === 0 ? 1 : 0));
  expect(deviation(pulses, sampleRate, () => 100).cents).toBeLessThan(3);
});

test("a voice whose fundamental is filtered out is still found", () => {
  const telephone = synthesize(0.5, sampleRate, (t) =>
    [3, 4, 5, 6].reduce((sum, k) => sum + Math.cos(2 * Math.PI * 130 * k * t), 0),
  );
  expect(deviation(telephone, sampleRate, () => 130).cents).toBeLessThan(5);
});

test("a vowel in noise 10 dB below is followed", () => {
  const clean = vowel(1, sampleRate, vibrato);
  const power = clean.reduce((sum, x) => sum + x * x, 0) / clean.length;
  const noise = whiteNoise(1, sampleRate);
  const noisy = clean.map((x, n) => x + Math.sqrt(power / 10) * noise[n]!);
  const { cents, voiced } = deviation(noisy, sampleRate, vibrato);
  expect(voiced).toBeGreaterThan(0.95);
  expect(cents).toBeLessThan(40);
});

test("the fundamental frequency of phrases in noise equals that of Praat", () => {
  const reference: { frames: [timeSec: number, hz: number][] } = JSON.parse(
    readFileSync(new URL("../../test/reference/praat-pitch.json", import.meta.url), "utf8"),
  );
  const { f0, hopLength } = pitch(phrases(sampleRate), sampleRate, {
    hopLength: 16, // frames of Praat lie elsewhere: fine enough to compare with the nearest
  });
  const pairs = reference.frames.map(([timeSec, praatHz]) => {
    return { hz: f0[Math.round((timeSec * sampleRate) / hopLength)]!, praatHz };
  });
  const disagreeing = pairs.filter(({ hz, praatHz }) => hz > 0 !== praatHz > 0);
  expect(disagreeing.length / pairs.length).toBeLessThan(0.03);
  const both = pairs.filter(({ hz, praatHz }) => hz > 0 && praatHz > 0);
  expect(both.length).toBeGreaterThan(150);
  const cents = both.map(({ hz, praatHz }) => Math.abs(1200 * Math.log2(hz / praatHz)));
  // The quiet ends of phrases lie in noise, where either may be off.
  expect(cents.filter((cent) => cent > 5).length / cents.length).toBeLessThan(0.1);
  expect(cents.toSorted((a, b) => a - b)[Math.floor(cents.length / 2)]).toBeLessThan(1.5);
  expect(Math.max(...cents)).toBeLessThan(30);
});

test("noise, silence and nothing are unvoiced, and a vowel has clear borders", () => {
  const noise = pitch(whiteNoise(1, sampleRate), sampleRate);
  expect(Math.max(...noise.f0)).toBe(0);
  expect(Math.max(...noise.voicing)).toBeLessThan(0.6);
  const silence = pitch(new Float32Array(sampleRate), sampleRate);
  expect(silence.f0).toHaveLength(101);
  expect(Math.max(...silence.f0, ...silence.voicing)).toBe(0);
  expect([...pitch(new Float32Array(0), sampleRate).f0]).toEqual([0]);

  const clip = new Float32Array(sampleRate);
  clip.set(
    vowel(0.4, sampleRate, () => 200),
    0.3 * sampleRate,
  );
  const { f0, voicing } = pitch(clip, sampleRate);
  const voiced = [...f0.keys()].filter((t) => f0[t]! > 0);
  expect(Math.abs(voiced[0]! - 30)).toBeLessThanOrEqual(3);
  expect(Math.abs(voiced.at(-1)! - 70)).toBeLessThanOrEqual(3);
  expect(voicing[50]).toBeGreaterThan(0.95);
});

test.each([{ fMin: 0 }, { fMin: 300, fMax: 200 }, { fMax: 5000 }, { hopLength: 0 }])(
  "refuses %o",
  (options) => {
    expect(() => pitch(new Float32Array(100), sampleRate, options)).toThrow(RangeError);
  },
);
