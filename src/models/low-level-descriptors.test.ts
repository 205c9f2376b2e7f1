import { expect, test } from "vitest";
import { whiteNoise } from "../../test/sounds.ts";
import { descriptorCount, lowLevelDescriptors } from "./low-level-descriptors.ts";

const options = { sampleRate: 16_000, nFft: 512, hopLength: 256, frames: 60, rangeDb: 70 };
const length = options.frames * options.hopLength;

/** Middle frame of each contour. */
function middle(waveform: Float32Array): number[] {
  const descriptors = lowLevelDescriptors(waveform, options);
  expect(descriptors).toHaveLength(descriptorCount * options.frames);
  return Array.from(
    { length: descriptorCount },
    (_, row) => descriptors[row * options.frames + 30]!,
  );
}

/** A tone with ten falling harmonics. */
const voice = (hz: number): Float32Array =>
  Float32Array.from({ length }, (_, n) =>
    Array.from(
      { length: 10 },
      (__, k) => Math.sin((2 * Math.PI * hz * (k + 1) * n) / 16_000) / (k + 1),
    ).reduce((sum, x) => sum + 0.1 * x, 0),
  );

test("a voice an octave above 160 Hz is 1 octave high, voiced and tonal", () => {
  const [octaves, voicing, level, crossings, centroid, , rolloff, flatness] = middle(voice(320));
  expect(octaves).toBeCloseTo(1, 2);
  expect(voicing).toBeGreaterThan(0.9);
  expect(level).toBeGreaterThan(0.9);
  // One period of 50 samples crosses zero twice.
  expect(crossings).toBeCloseTo((8 * 2) / 50 - 1, 1);
  expect(centroid).toBeLessThan(0);
  expect(rolloff).toBeLessThan(0);
  expect(flatness).toBeLessThan(-0.9);
});

test("noise has no pitch, and a flat and high spectrum", () => {
  const [octaves, voicing, , crossings, centroid, , , flatness] = middle(
    whiteNoise(length / 16_000, 16_000),
  );
  expect(octaves).toBe(0);
  expect(voicing).toBeLessThan(0.5);
  expect(crossings).toBeGreaterThan(2);
  expect(centroid).toBeGreaterThan(0.5);
  expect(flatness).toBeGreaterThan(-0.5);
});

test("descriptors do not follow the recording's level, and silence gives finite ones", () => {
  const loud = lowLevelDescriptors(voice(200), options);
  const quiet = lowLevelDescriptors(
    voice(200).map((x) => 0.01 * x),
    options,
  );
  for (const [i, value] of quiet.entries()) expect(value).toBeCloseTo(loud[i]!, 3);
  expect(lowLevelDescriptors(new Float32Array(length), options).every(Number.isFinite)).toBe(true);
});
