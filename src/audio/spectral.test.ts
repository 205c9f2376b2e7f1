import { expect, test } from "vitest";
import { largestError, reference, referenceSignal } from "../../test/reference/features.ts";
import { synthesize, whiteNoise } from "../../test/sounds.ts";
import {
  spectralBandwidth,
  spectralCentroid,
  spectralFlatness,
  spectralRolloff,
} from "./spectral.ts";
import { magnitudeSpectrogram } from "./stft.ts";

test.each(reference.spectral)("features of nFft $nFft, hop $hopLength are numpy's", (expected) => {
  const spectrogram = magnitudeSpectrogram(referenceSignal(), 16_000, expected);
  const actual = {
    spectralCentroid: spectralCentroid(spectrogram),
    spectralBandwidth: spectralBandwidth(spectrogram),
    spectralRolloff: spectralRolloff(spectrogram, expected.rolloff),
    spectralFlatness: spectralFlatness(spectrogram),
  };
  expect(largestError(actual.spectralCentroid, expected.spectralCentroid)).toBeLessThan(1e-5);
  expect(largestError(actual.spectralBandwidth, expected.spectralBandwidth)).toBeLessThan(1e-5);
  expect(largestError(actual.spectralRolloff, expected.spectralRolloff)).toBeLessThan(1e-6);
  expect(largestError(actual.spectralFlatness, expected.spectralFlatness)).toBeLessThan(1e-6);
});

test("a sine lies at its frequency, narrow and not flat", () => {
  const sine = synthesize(1, 16_000, (t) => Math.sin(2 * Math.PI * 1000 * t));
  const spectrogram = magnitudeSpectrogram(sine, 16_000);
  expect(spectralCentroid(spectrogram)[10]).toBeCloseTo(1000, 0);
  expect(spectralBandwidth(spectrogram)[10]).toBeLessThan(10);
  expect(Math.abs(spectralRolloff(spectrogram)[10]! - 1000)).toBeLessThan(10);
  expect(spectralFlatness(spectrogram)[10]).toBeLessThan(1e-6);
});

test("white noise spreads evenly: centroid in the middle, bandwidth of a uniform distribution", () => {
  const spectrogram = magnitudeSpectrogram(whiteNoise(2, 16_000), 16_000);
  expect(Math.abs(spectralCentroid(spectrogram)[20]! - 4000)).toBeLessThan(150);
  expect(Math.abs(spectralBandwidth(spectrogram)[20]! - 8000 / Math.sqrt(12))).toBeLessThan(80);
  expect(Math.abs(spectralRolloff(spectrogram)[20]! - 0.85 * 8000)).toBeLessThan(250);
  // The powers are exponentially distributed, whose geometric mean is exp(-γ) = 0.561 of the mean.
  expect(Math.abs(spectralFlatness(spectrogram)[20]! - 0.561)).toBeLessThan(0.05);
});

test("silence is 0 Hz, and flat", () => {
  const spectrogram = magnitudeSpectrogram(new Float32Array(4000), 16_000);
  expect(Math.max(...spectralCentroid(spectrogram))).toBe(0);
  expect(Math.max(...spectralBandwidth(spectrogram))).toBe(0);
  expect(Math.max(...spectralRolloff(spectrogram))).toBe(0);
  expect(spectralFlatness(spectrogram)[0]).toBeCloseTo(1, 6);
});

test.each([0, 1, Number.NaN])("refuses the roll-off share %s", (share) => {
  const spectrogram = magnitudeSpectrogram(new Float32Array(10), 16_000);
  expect(() => spectralRolloff(spectrogram, share)).toThrow(RangeError);
});
