import { expect, test } from "vitest";
import { largestError, reference, referenceSignal } from "../../test/reference/features.ts";
import { synthesize } from "../../test/sounds.ts";
import { melFilterbank } from "./mel.ts";
import { magnitudeSpectrogram } from "./stft.ts";

test("the reference signal is that of the reference file", () => {
  const signal = referenceSignal();
  for (const [n, value] of Object.entries(reference.signal.samples)) {
    expect(signal[Number(n)]).toBeCloseTo(value, 7);
  }
});

test.each(reference.logMel)(
  "log-mel of $nFft/$winLength/$hopLength, $nMels $scale mels, is numpy's",
  (expected) => {
    const { frames, bins, magnitudes } = magnitudeSpectrogram(referenceSignal(), 16_000, expected);
    const filters = melFilterbank(expected);
    const logMel = Array.from({ length: frames * expected.nMels }, (_, index) => {
      const t = Math.floor(index / expected.nMels);
      const mel = index % expected.nMels;
      let power = 0;
      for (let bin = 0; bin < bins; bin++) {
        power += filters[mel * bins + bin]! * magnitudes[t * bins + bin]! ** 2;
      }
      return Math.log(Math.max(1e-10, power));
    });
    expect(largestError(logMel, expected.logMel)).toBeLessThan(1e-4);
  },
);

test("a sine between silence has the magnitude of half its amplitude times the window's sum", () => {
  const sine = synthesize(1, 16_000, (t) => 0.5 * Math.cos(2 * Math.PI * 1000 * t));
  const { magnitudes, bins, frames, hzPerBin } = magnitudeSpectrogram(sine, 16_000);
  expect([bins, frames, hzPerBin]).toEqual([1025, 32, 7.8125]);
  expect(magnitudes[10 * bins + 128]).toBeCloseTo((0.5 / 2) * (2048 / 2), 2);
  expect(magnitudes[10 * bins + 300]).toBeLessThan(1e-3);
});

test("an empty recording has one frame of silence", () => {
  const { magnitudes, frames } = magnitudeSpectrogram(new Float32Array(0), 16_000, { nFft: 512 });
  expect(frames).toBe(1);
  expect(Math.max(...magnitudes)).toBe(0);
});

test.each([{ nFft: 500 }, { nFft: 512, winLength: 600 }, { hopLength: 0 }, { winLength: 0.5 }])(
  "refuses %o",
  (options) => {
    expect(() => magnitudeSpectrogram(new Float32Array(100), 16_000, options)).toThrow(RangeError);
  },
);
