import { describe, expect, test } from "vitest";
import { fed, valuesOf } from "../../test/finite-differences.ts";
import {
  largestError,
  reference,
  referenceSignal,
  transposed,
} from "../../test/reference/features.ts";
import { synthesize, whiteNoise } from "../../test/sounds.ts";
import { mfcc } from "../audio/mfcc.ts";
import { parameter } from "../graph/tensor.ts";
import { logMelSpectrogram, spectrogramImage, type FrontEnd } from "./front-end.ts";

test.each(reference.logMel)(
  "log-mel of $nMels $scale bands every $hopLength samples is numpy's",
  async (expected) => {
    const frames = expected.logMel.length / expected.nMels;
    const options = { ...expected, frames, rangeDb: 80 };
    const padded = new Float32Array(frames * expected.hopLength);
    padded.set(referenceSignal());
    const waveform = fed("waveform", [1, padded.length], padded);
    const actual = await valuesOf(logMelSpectrogram(waveform.tensor, options), [waveform]);
    const values = transposed(expected.logMel, expected.nMels);
    expect(largestError(actual, values)).toBeLessThan(1e-4);
  },
);

const frontEnd: FrontEnd = {
  sampleRate: 16_000,
  nFft: 512,
  winLength: 400,
  hopLength: 160,
  nMels: 40,
  fMin: 0,
  fMax: 8000,
  scale: "slaney",
  frames: 50,
  rangeDb: 80,
};
const samples = frontEnd.frames * frontEnd.hopLength;
const durationSec = samples / frontEnd.sampleRate;

/** Pictures of waveforms, one a row. */
function spectrograms(waveforms: readonly Float32Array[], options = frontEnd): Promise<number[]> {
  const length = options.frames * options.hopLength;
  const joined = new Float32Array(waveforms.length * length);
  for (const [row, waveform] of waveforms.entries()) joined.set(waveform, row * length);
  const fedWaveforms = fed("waveform", [waveforms.length, length], joined);
  return valuesOf(spectrogramImage(fedWaveforms.tensor, options), [fedWaveforms]);
}

const chirp = synthesize(
  durationSec,
  frontEnd.sampleRate,
  (t) => 0.3 * Math.sin(2000 * t + 9000 * t * t),
);
const noise = whiteNoise(durationSec, frontEnd.sampleRate);
const noisyChirp = chirp.map((value, n) => value + 0.01 * noise[n]!);

describe("the spectrogram", () => {
  test("goes from black at 0 to the loudest point at 1", async () => {
    const spectrogram = await spectrograms([noisyChirp]);
    expect(spectrogram).toHaveLength(40 * 50);
    expect(Math.min(...spectrogram)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...spectrogram)).toBeCloseTo(1, 5);
  });

  test("is decibels below the loudest point over the range", async () => {
    const waveform = fed("waveform", [1, samples], noisyChirp);
    const logMel = await valuesOf(logMelSpectrogram(waveform.tensor, frontEnd), [waveform]);
    const loudest = Math.max(...logMel);
    const spectrogram = await spectrograms([noisyChirp]);
    for (const [index, value] of logMel.entries()) {
      const decibels = (10 / Math.LN10) * (value - loudest);
      expect(spectrogram[index]).toBeCloseTo(Math.max(0, 1 + decibels / 80), 4);
    }
  });

  test("does not change with the level of the waveform", async () => {
    const [soft, loud] = [noisyChirp, noisyChirp.map((value) => 10 * value)];
    const spectrogram = await spectrograms([soft, loud]);
    const half = spectrogram.length / 2;
    expect(largestError(spectrogram.slice(half), spectrogram.slice(0, half))).toBeLessThan(1e-4);
  });

  test("of a batch is that of each waveform alone, however loud the others are", async () => {
    const [quiet, loud] = [chirp.map((value) => value / 50), noise];
    const together = await spectrograms([quiet, loud]);
    const alone = [...(await spectrograms([quiet])), ...(await spectrograms([loud]))];
    expect(largestError(together, alone)).toBeLessThan(1e-5);
  });

  test("of a waveform with more padding differs in the padded frames only", async () => {
    const short = noisyChirp.subarray(0, 30 * frontEnd.hopLength);
    const longer = { ...frontEnd, frames: 80 };
    const [spectrogram, padded] = [
      await spectrograms([short]),
      await spectrograms([short], longer),
    ];
    for (let mel = 0; mel < 40; mel++) {
      for (let frame = 0; frame < 80; frame++) {
        const expected = frame < 50 ? spectrogram[mel * 50 + frame]! : 0;
        expect(padded[mel * 80 + frame]).toBeCloseTo(expected, 5);
      }
    }
  });

  test("of silence is black, and of the faintest sound it is not", async () => {
    const spectrogram = await spectrograms([new Float32Array(samples)]);
    expect(spectrogram.every((value) => value === 0)).toBe(true);
    const faint = await spectrograms([noisyChirp.map((value) => value * 1e-4)]);
    expect(Math.max(...faint)).toBeCloseTo(1, 5);
  });

  test("holds cepstral coefficients when asked", async () => {
    const bands = await spectrograms([noisyChirp]);
    const coefficients = await spectrograms([noisyChirp], { ...frontEnd, nMfcc: 13 });
    const expected = mfcc(Float32Array.from(bands), { nMels: 40, nMfcc: 13 });
    expect(largestError(coefficients, expected)).toBeLessThan(1e-4);
  });
});

test("a waveform of another length is refused with both lengths", () => {
  expect(() => spectrogramImage(parameter("waveform", [1, samples + 1]), frontEnd)).toThrow(
    /50 frames every 160 samples need \[batch, 8000\], got \[1, 8001\]/,
  );
});
