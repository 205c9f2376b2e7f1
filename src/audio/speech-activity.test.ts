import { expect, test } from "vitest";
import { nonSpeech, syllables, vowel, whiteNoise } from "../../test/sounds.ts";
import { findSpeech, speechActivity } from "./speech-activity.ts";

const sampleRate = 16_000;
const speech = { startSec: 1, endSec: 3 };
const quietNoise = whiteNoise(4, sampleRate).map((x) => 1e-3 * x);
const clip = syllables(4, sampleRate, speech).map((x, n) => 0.5 * x + quietNoise[n]!);

test("finds the syllables of a clip, with the padding around them", () => {
  const regions = findSpeech(clip, sampleRate);
  expect(regions).toHaveLength(1);
  expect(Math.abs(regions[0]!.startSec - 0.9)).toBeLessThan(0.06);
  expect(Math.abs(regions[0]!.endSec - 3.1)).toBeLessThan(0.06);
  expect(speechActivity(clip, sampleRate).speechLikeness).toBeGreaterThan(0.5);
});

test("a recording 20 dB quieter has the same speech", () => {
  const quiet = clip.map((x) => x / 10);
  expect(findSpeech(quiet, sampleRate)).toEqual(findSpeech(clip, sampleRate));
});

test.each([8000, 22_050, 48_000])("finds it at %i Hz", (rate) => {
  const regions = findSpeech(syllables(4, rate, speech), rate);
  expect(regions).toHaveLength(1);
  expect(Math.abs(regions[0]!.startSec - 0.9)).toBeLessThan(0.06);
  expect(Math.abs(regions[0]!.endSec - 3.1)).toBeLessThan(0.06);
});

test("finds it in noise 10 dB below", () => {
  const power = clip.reduce((sum, x) => sum + x * x, 0) / (2 * sampleRate);
  const noise = whiteNoise(4, sampleRate, 2);
  const noisy = clip.map((x, n) => x + Math.sqrt(power / 10) * noise[n]!);
  const regions = findSpeech(noisy, sampleRate);
  expect(regions).toHaveLength(1);
  expect(Math.abs(regions[0]!.startSec - 0.9)).toBeLessThan(0.15);
  expect(Math.abs(regions[0]!.endSec - 3.1)).toBeLessThan(0.15);
});

test("short pauses are joined and long ones separate", () => {
  const pieces = [
    [0.5, 1.5],
    [1.7, 2.7], // 0.2 s of pause, and the quiet ends of syllables
    [3.7, 4.7],
  ].map(([startSec, endSec]) => syllables(6, sampleRate, { startSec: startSec!, endSec: endSec! }));
  const sum = quietNoise.length;
  const together = pieces[0]!.map(
    (x, n) => x + pieces[1]![n]! + pieces[2]![n]! + quietNoise[n % sum]!,
  );
  expect(findSpeech(together, sampleRate)).toHaveLength(2);
  expect(findSpeech(together, sampleRate, { minPauseSec: 0.1, paddingSec: 0 }).length).toBe(3);
});

test("quiet edges of words are found in steady noise", () => {
  const edges = vowel(2.6, sampleRate, () => 150);
  const words = new Float32Array(4 * sampleRate);
  words.set(
    edges.map((x) => 0.02 * x),
    0.7 * sampleRate,
  );
  const noise = whiteNoise(4, sampleRate, 3);
  const noisy = words.map((x, n) => x + clip[n]! + 0.012 * noise[n]!);
  const options = { paddingSec: 0 };
  const [hidden] = findSpeech(noisy, sampleRate, options);
  const [found] = findSpeech(noisy, sampleRate, { ...options, quietEdges: true });
  expect(hidden!.startSec).toBeGreaterThan(0.95);
  expect(Math.abs(found!.startSec - 0.7)).toBeLessThan(0.1);
  expect(Math.abs(found!.endSec - 3.3)).toBeLessThan(0.3);
});

test("nothing is speech below the floor", () => {
  expect(findSpeech(clip, sampleRate, { floorDb: -10 })).toEqual([]);
});

test.each(Object.entries(nonSpeech(4, sampleRate)))("%s is no speech", (_, samples) => {
  for (const gain of [1, 0.01]) {
    const activity = speechActivity(
      samples.map((x) => gain * x),
      sampleRate,
    );
    expect(activity).toEqual({ regions: [], speechLikeness: 0 });
  }
});

test.each([0, 1, 100])("a recording of %i samples has no speech", (length) => {
  expect(findSpeech(new Float32Array(length).fill(0.5), sampleRate)).toEqual([]);
});

test("a syllable of a high voice is enough", () => {
  const cry = new Float32Array(2 * sampleRate);
  cry.set(
    vowel(0.3, sampleRate, (t) => 480 - 200 * t),
    sampleRate,
  );
  expect(findSpeech(cry, sampleRate)).toHaveLength(1);
});

test("refuses a sample rate below 4 kHz", () => {
  expect(() => findSpeech(clip, 2000)).toThrow(RangeError);
});
