import { expect, test } from "vitest";
import { fed, valuesOf } from "../../test/finite-differences.ts";
import {
  largestError,
  reference,
  referenceSignal,
  transposed,
} from "../../test/reference/features.ts";
import { whiteNoise } from "../../test/sounds.ts";
import { logMelSpectrogram as logMelGraph } from "../models/front-end.ts";
import { logMelSpectrogram } from "./log-mel.ts";

test.each(reference.logMel)(
  "log-mel of $nFft/$winLength/$hopLength, $nMels $scale bands, is numpy's by librosa's definition",
  (expected) => {
    const logMel = logMelSpectrogram(referenceSignal(), expected);
    expect(largestError(logMel, transposed(expected.logMel, expected.nMels))).toBeLessThan(1e-4);
  },
);

test("equals the front end's graph", async () => {
  const options = { sampleRate: 16_000, nFft: 512, winLength: 400, hopLength: 160, nMels: 40 };
  const frames = 50;
  // With noise, since the graph computes in float32: its rounding fills bands without any power.
  const noise = whiteNoise(0.5, 16_000);
  const samples = noise.map((value, n) => 0.3 * Math.sin(n / 8 + (n / 1500) ** 2) + 0.01 * value);
  const waveform = fed("waveform", [1, samples.length], samples);
  const graph = logMelGraph(waveform.tensor, {
    ...options,
    frames,
    fMin: 0,
    fMax: 8000,
    scale: "slaney",
    rangeDb: 80,
  });
  const expected = await valuesOf(graph, [waveform]); // [nMels, frames]
  const actual = logMelSpectrogram(samples, options); // [nMels, frames + 1]
  const common = actual.filter((_, index) => index % (frames + 1) < frames);
  expect(largestError(common, expected)).toBeLessThan(1e-4);
});

test("defaults: 128 bands, transform 1024, hop 256, from 0 Hz to half the sample rate", () => {
  const samples = referenceSignal();
  const bands = { nMels: 128, nFft: 1024, winLength: 1024, hopLength: 256, fMin: 0, fMax: 8000 };
  expect(logMelSpectrogram(samples, { sampleRate: 16_000 })).toEqual(
    logMelSpectrogram(samples, { sampleRate: 16_000, ...bands, scale: "slaney" }),
  );
});

test("silence is the floor, and no samples make one frame", () => {
  const silence = logMelSpectrogram(new Float32Array(0), { sampleRate: 16_000, nMels: 40 });
  expect([...silence]).toEqual(Array.from({ length: 40 }, () => Math.fround(Math.log(1e-10))));
});

test.each([{ nFft: 1000 }, { hopLength: 0 }, { winLength: 2048 }, { nMels: 0 }, { fMax: 9000 }])(
  "refuses %o",
  (wrong) => {
    const samples = new Float32Array(100);
    expect(() => logMelSpectrogram(samples, { sampleRate: 16_000, ...wrong })).toThrow(RangeError);
  },
);
