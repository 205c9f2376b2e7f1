import { expect, test } from "vitest";
import { synthesize, vowel } from "../../../test/sounds.ts";
import { Random } from "../../shared/random.ts";
import { pitch } from "../pitch.ts";
import { magnitudeSpectrogram } from "../stft.ts";
import { changeGain, shiftTime } from "./gain-and-shift.ts";
import { addNoise } from "./noise.ts";
import { addReverberation } from "./reverberation.ts";
import { changeSpeed } from "./speed.ts";
import { changePitch, changeTempo } from "./tempo.ts";
import { augmentWaveform } from "./waveform.ts";

const sampleRate = 16_000;
const sine = synthesize(1.5, sampleRate, (t) => 0.4 * Math.sin(2 * Math.PI * 220 * t));
const voice = vowel(1.5, sampleRate, (t) => 150 + 40 * t);

const power = (samples: Float32Array): number =>
  samples.reduce((sum, x) => sum + x * x, 0) / samples.length;

/** Median fundamental frequency in Hz of the voiced frames. */
function medianF0(samples: Float32Array): number {
  const voiced = pitch(samples, sampleRate).f0.filter((hz) => hz > 0);
  return voiced.toSorted()[Math.floor(voiced.length / 2)]!;
}

/** Mean power of a spectrum around a frequency. */
function powerAround(samples: Float32Array, hz: number): number {
  const { magnitudes, bins, frames, hzPerBin } = magnitudeSpectrogram(samples, sampleRate);
  const width = Math.round((0.2 * hz) / hzPerBin);
  let sum = 0;
  for (let t = 2; t < frames - 2; t++) {
    for (let bin = Math.round(hz / hzPerBin) - width; bin <= hz / hzPerBin + width; bin++) {
      sum += magnitudes[t * bins + bin]! ** 2;
    }
  }
  return sum / (2 * width + 1) / (frames - 4);
}

const decibels = (ratio: number): number => 10 * Math.log10(ratio);

test.each([
  { snrDb: 20, color: "white" as const },
  { snrDb: 5, color: "pink" as const },
  { snrDb: -3, color: "pink" as const },
])("noise has the ratio asked for: $snrDb dB, $color", (options) => {
  const noisy = addNoise(voice, options, new Random(1));
  const noise = noisy.map((x, n) => x - voice[n]!);
  expect(decibels(power(voice) / power(noise))).toBeCloseTo(options.snrDb, 3);
});

test.each([0.2, 0.8])("reverberation decays by 60 dB in %f s", (t60Sec) => {
  const click = new Float32Array(2 * sampleRate);
  click[0] = 1;
  const response = addReverberation(click, { sampleRate, t60Sec }, new Random(4));
  expect(response).toHaveLength(click.length);
  const at = (share: number): number => {
    const start = Math.round(share * t60Sec * sampleRate);
    return power(response.subarray(start, start + Math.round(0.1 * t60Sec * sampleRate)));
  };
  expect(Math.abs(decibels(at(0.1) / at(0.6)) - 30)).toBeLessThan(1.5);
  const direct = response[0]! ** 2;
  const reverberant = power(response.subarray(1)) * (response.length - 1);
  expect(Math.abs(decibels(direct / reverberant) - 3)).toBeLessThan(1);
  expect(addReverberation(new Float32Array(100), { sampleRate, t60Sec }, new Random(1))).toEqual(
    new Float32Array(100),
  );
  expect(addReverberation(new Float32Array(0), { sampleRate, t60Sec }, new Random(1))).toHaveLength(
    0,
  );
});

test("white noise is flat, pink noise falls by 3 dB an octave", () => {
  const carrier = synthesize(8, sampleRate, (t) => 1e-4 * Math.sin(2 * Math.PI * 50 * t));
  const white = addNoise(carrier, { snrDb: -80 }, new Random(2));
  const pink = addNoise(carrier, { snrDb: -80, color: "pink" }, new Random(2));
  for (const hz of [125, 500, 2000]) {
    expect(Math.abs(decibels(powerAround(white, 2 * hz) / powerAround(white, hz)))).toBeLessThan(1);
    const fall = decibels(powerAround(pink, hz) / powerAround(pink, 2 * hz));
    expect(Math.abs(fall - 3.01)).toBeLessThan(1);
  }
});

test("silence and nothing stay what they are under noise", () => {
  expect(addNoise(new Float32Array(3), { snrDb: 10 }, new Random(1))).toEqual(new Float32Array(3));
  expect(addNoise(new Float32Array(0), { snrDb: 10 }, new Random(1))).toHaveLength(0);
});

test("6.0206 dB double the samples, without clipping and without touching the original", () => {
  const samples = new Float32Array([0.25, -0.75]);
  const louder = changeGain(samples, 20 * Math.log10(2));
  expect(louder[0]).toBeCloseTo(0.5, 6);
  expect(louder[1]).toBeCloseTo(-1.5, 6);
  expect([...samples]).toEqual([0.25, -0.75]);
});

test.each([
  [1, [0, 1, 2, 3]],
  [-3, [4, 0, 0, 0]],
  [0, [1, 2, 3, 4]],
  [4, [0, 0, 0, 0]],
  [-9, [0, 0, 0, 0]],
])("a shift by %i samples", (shift, expected) => {
  expect([...shiftTime(new Float32Array([1, 2, 3, 4]), shift)]).toEqual(expected);
});

test.each([0.8, 0.95, 1.1, 1.5])("speed %f changes length and pitch by the factor", (factor) => {
  const faster = changeSpeed(sine, factor);
  expect(faster).toHaveLength(Math.round(sine.length / factor));
  expect(medianF0(faster) / (220 * factor)).toBeCloseTo(1, 3);
});

test("speed is interpolation: a sine stays within -80 dB of the faster sine", () => {
  for (const factor of [0.9, 1.1]) {
    const faster = changeSpeed(sine, factor).slice(200, -200);
    const error = faster.map(
      (x, n) => x - 0.4 * Math.sin((2 * Math.PI * 220 * (n + 200) * factor) / sampleRate),
    );
    expect(decibels(power(error) / power(faster))).toBeLessThan(-80);
  }
});

test("what would alias is removed: 7 kHz at 1.5 times the speed", () => {
  const high = synthesize(0.5, sampleRate, (t) => Math.sin(2 * Math.PI * 7000 * t));
  const steady = changeSpeed(high, 1.5).slice(100, -100); // without the clicks of its two ends
  expect(decibels(power(steady) / power(high))).toBeLessThan(-60);
});

test.each([0.7, 0.9, 1.2, 1.6])("tempo %f changes the length and keeps the pitch", (factor) => {
  const faster = changeTempo(sine, { sampleRate, factor });
  expect(faster).toHaveLength(Math.round(sine.length / factor));
  expect(medianF0(faster) / 220).toBeCloseTo(1, 2);
  expect(Math.abs(decibels(power(faster) / power(sine)))).toBeLessThan(0.5);
  const glide = changeTempo(voice, { sampleRate, factor });
  expect(Math.abs(medianF0(glide) / medianF0(voice) - 1)).toBeLessThan(0.02);
});

test("tempo 1 is the identity", () => {
  const same = changeTempo(voice, { sampleRate, factor: 1 });
  expect(Math.max(...same.map((x, n) => Math.abs(x - voice[n]!)))).toBeLessThan(1e-6);
});

test.each([-4, -1, 2, 5])("pitch by %i semitones keeps the length", (semitones) => {
  const factor = 2 ** (semitones / 12);
  const raised = changePitch(sine, { sampleRate, semitones });
  expect(raised).toHaveLength(sine.length);
  expect(Math.abs(medianF0(raised) / (220 * factor) - 1)).toBeLessThan(0.01);
  expect(Math.abs(decibels(power(raised) / power(sine)))).toBeLessThan(0.5);
});

test.each([0, 1, 100])("clips of %i samples come through", (length) => {
  const clip = sine.slice(0, length);
  expect(changePitch(clip, { sampleRate, semitones: 2 })).toHaveLength(length);
  expect(changeTempo(clip, { sampleRate, factor: 2 })).toHaveLength(Math.round(length / 2));
  expect(changeSpeed(clip, 2)).toHaveLength(Math.round(length / 2));
});

const augmentation = {
  probability: 0.5,
  speed: [0.9, 1.1],
  tempo: [0.9, 1.1],
  pitchSemitones: [-2, 2],
  shiftSec: [-0.1, 0.1],
  gainDb: [-6, 6],
  snrDb: [10, 30],
} as const;

const change = (seed: number): Float32Array =>
  augmentWaveform(voice, { sampleRate, augmentation }, new Random(seed, "augmentation"));

test("the same seed changes a clip the same way, and another seed another way", () => {
  expect(change(1)).toEqual(change(1));
  expect(new Set([1, 2, 3, 4].map((seed) => change(seed).join())).size).toBe(4);
});

test("changes happen to the share of clips asked for, with amounts from their range", () => {
  const one = new Float32Array([1]);
  const gains = Array.from({ length: 400 }, (_, seed) => {
    const gain = { sampleRate, augmentation: { probability: 0.25, gainDb: [-6, 6] as const } };
    return 2 * decibels(augmentWaveform(one, gain, new Random(seed))[0]!);
  });
  const changed = gains.filter((gainDb) => gainDb !== 0);
  expect(Math.abs(changed.length / 400 - 0.25)).toBeLessThan(0.06);
  expect(Math.min(...changed)).toBeGreaterThan(-6.001);
  expect(Math.min(...changed)).toBeLessThan(-4.5);
  expect(Math.max(...changed)).toBeLessThan(6.001);
  expect(Math.max(...changed)).toBeGreaterThan(4.5);
});

test.each([
  () => addNoise(sine, { snrDb: Number.NaN }, new Random(1)),
  () => changeGain(sine, Infinity),
  () => shiftTime(sine, 0.5),
  () => changeSpeed(sine, 0),
  () => changeTempo(sine, { sampleRate, factor: 5 }),
  () => changePitch(sine, { sampleRate, semitones: 25 }),
])("refuses wrong amounts (%#)", (call) => {
  expect(call).toThrow(RangeError);
});
