import { expect, test } from "vitest";
import { synthesize, vowel } from "../../../test/sounds.ts";
import { Random } from "../../shared/random.ts";
import { addRecordedNoise, withoutSilence } from "./recorded-noise.ts";
import { moveAway } from "./distance.ts";
import { augmentWaveform } from "./waveform.ts";

const sampleRate = 16_000;
const voice = vowel(1, sampleRate, () => 140);
const power = (samples: Float32Array): number =>
  samples.reduce((sum, x) => sum + x * x, 0) / samples.length;
const decibels = (ratio: number): number => 10 * Math.log10(ratio);
const buzz = synthesize(0.3, sampleRate, (t) => 0.01 * Math.sin(2 * Math.PI * 900 * t));

test.each([20, 0, -5])("a recording is added at %i dB, repeated where it is shorter", (snrDb) => {
  const noisy = addRecordedNoise(voice, { snrDb, recording: buzz }, new Random(1));
  const noise = noisy.map((x, n) => x - voice[n]!);
  expect(decibels(power(voice) / power(noise))).toBeCloseTo(snrDb, 2);
  expect(noise[buzz.length + 100]).toBeCloseTo(noise[100]!, 4);
});

test("the place in the recording is drawn", () => {
  const starts = [1, 2, 3].map((seed) =>
    addRecordedNoise(voice, { snrDb: 0, recording: buzz }, new Random(seed)).join(),
  );
  expect(new Set(starts).size).toBe(3);
});

test("silence in a recording is cut out, and a silent one has nothing left", () => {
  const padded = new Float32Array(16_000);
  padded.set(buzz, 6400);
  expect(withoutSilence(padded, sampleRate)).toEqual(buzz);
  expect(withoutSilence(new Float32Array(5000), sampleRate)).toHaveLength(0);
  expect(withoutSilence(new Float32Array(0), sampleRate)).toHaveLength(0);
});

test("an empty recording, or no ratio, is refused", () => {
  const recording = new Float32Array(0);
  expect(() => addRecordedNoise(voice, { snrDb: 0, recording }, new Random(1))).toThrow(RangeError);
  expect(() =>
    addRecordedNoise(voice, { snrDb: Number.NaN, recording: buzz }, new Random(1)),
  ).toThrow(RangeError);
});

test("further away is quieter, duller, and more of the room", () => {
  const at = (distanceM: number, samples: Float32Array) =>
    moveAway(samples, { sampleRate, distanceM, t60Sec: 0.5 }, new Random(1));
  expect(decibels(power(at(2, voice)) / power(at(4, voice)))).toBeGreaterThan(4);
  const tone = (hz: number) => synthesize(1, sampleRate, (t) => Math.sin(2 * Math.PI * hz * t));
  expect(power(at(4, tone(300))) / power(at(4, tone(5000)))).toBeGreaterThan(2.5);
  const click = new Float32Array(sampleRate);
  click[0] = 1;
  const tail = (samples: Float32Array) => power(samples.subarray(800)) / power(samples);
  expect(tail(at(4, click))).toBeGreaterThan(2 * tail(at(0.5, click)));
  expect(() => at(0, voice)).toThrow(RangeError);
});

const augment = (augmentation: object, seed: number, noise?: Float32Array[][]) =>
  augmentWaveform(
    voice,
    { sampleRate, augmentation: { probability: 1, ...augmentation }, noise },
    new Random(seed),
  );

test("with recordings, added noise is one of them, from every source alike", () => {
  const high = synthesize(0.2, sampleRate, (t) => Math.sin(2 * Math.PI * 4000 * t));
  const isHigh = (seed: number): boolean => {
    const noisy = augment({ snrDb: [0, 0] }, seed, [[buzz, buzz, buzz, buzz, buzz], [high]]);
    const noise = noisy.map((x, n) => x - voice[n]!);
    const steps = noise.map((x, n) => x - (noise[n - 1] ?? x));
    return power(steps) > power(noise);
  };
  const share = Array.from({ length: 200 }, (_, seed) => isHigh(seed)).filter(Boolean).length / 200;
  expect(Math.abs(share - 0.5)).toBeLessThan(0.12);
});

const shareChanged = (augmentation: object): number => {
  const changed = Array.from({ length: 200 }, (_, seed) =>
    augment(augmentation, seed).some((x, n) => x !== voice[n]),
  );
  return changed.filter(Boolean).length / changed.length;
};

test("telephone and channel have probabilities of their own", () => {
  const telephone = { probability: 0.25, codecs: ["a-law"] };
  expect(Math.abs(shareChanged({ telephone }) - 0.25)).toBeLessThan(0.1);
  const halfClean = { snrDb: [0, 10], channelProbability: 0.5 };
  expect(Math.abs(shareChanged(halfClean) - 0.5)).toBeLessThan(0.11);
});
