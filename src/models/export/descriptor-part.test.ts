/**
 * Descriptors by ONNX against those by `lowLevelDescriptors`, whose sums, spectra and search along time are in float64, but
 * for the autocorrelation of pitch, which is in float32 on both sides. What differs is rounding: by `tolerance` at most, but
 * for the bandwidth of a pure tone, where float32 leaves 1e-7 of its amplitude in bins far away.
 */
import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { nonSpeech, phrases, vowel, whiteNoise } from "../../../test/sounds.ts";
import { decodeAudio } from "../../audio/decode.ts";
import { toMono } from "../../audio/mix.ts";
import { nodeRuntime } from "../../graph/runtime.node.ts";
import { Session } from "../../graph/session.ts";
import { descriptorCount, lowLevelDescriptors } from "../low-level-descriptors.ts";
import { descriptorPart } from "./descriptor-part.ts";

const tolerance = 3e-5;
const toneTolerance = 1e-3;
const bandwidthRow = 5;

const sampleRate = 16_000;
const options = { sampleRate, nFft: 1024, hopLength: 256, frames: 160, rangeDb: 80 };
const length = options.frames * options.hopLength;

const fixture = async (path: string): Promise<Float32Array> => {
  const file = new URL(`../../../test/fixtures/${path}`, import.meta.url);
  const { channels } = await decodeAudio(await readFile(file));
  return toMono(channels);
};

const speech = {
  "a voice": await fixture("cases/wav-adpcm-ima.wav"),
  "a voice in fewer bits": await fixture("cases/flac-12bit.flac"),
  "a call": await fixture("cases/call-two-channels.wav"),
  "another voice": await fixture("recognition/voice.flac"),
  "voiced phrases": phrases(sampleRate),
  "a vowel throughout": vowel(3, sampleRate, (t) => 200 + 50 * Math.sin(3 * t)),
  "unvoiced noise": whiteNoise(3, sampleRate),
  "a moment": await fixture("cases/wav-adpcm-ima.wav").then((samples) =>
    samples.subarray(8000, 8100),
  ),
  nothing: new Float32Array(),
};

const windowOf = (samples: Float32Array): Float32Array => {
  const window = new Float32Array(length);
  window.set(samples.subarray(0, length));
  return window;
};

let session: Session;
beforeAll(async () => {
  session = await Session.open(nodeRuntime, descriptorPart(options).bytes, { threads: 1 });
});
afterAll(() => session.close());

async function byOnnx(windows: readonly Float32Array[]): Promise<Float32Array> {
  const data = Float32Array.from(windows.flatMap((window) => [...window]));
  const outputs = await session.run({ window: { data, shape: [windows.length, length] } });
  return outputs["descriptors"]!;
}

/** The largest difference in each descriptor. */
const differences = (a: Float32Array, b: Float32Array): number[] =>
  Array.from({ length: descriptorCount }, (_, row) => {
    const frames = Array.from({ length: options.frames }, (__, t) => row * options.frames + t);
    return Math.max(...frames.map((index) => Math.abs(a[index]! - b[index]!)));
  });

test.each(Object.entries(speech))("%s", async (_, samples) => {
  const window = windowOf(samples);
  const expected = lowLevelDescriptors(window, options);
  for (const difference of differences(await byOnnx([window]), expected)) {
    expect(difference).toBeLessThan(tolerance);
  }
});

test.each(Object.entries(nonSpeech(2.6, sampleRate)))("%s", async (_, samples) => {
  const window = windowOf(samples);
  const expected = lowLevelDescriptors(window, options);
  for (const [row, difference] of differences(await byOnnx([window]), expected).entries()) {
    expect(difference).toBeLessThan(row === bandwidthRow ? toneTolerance : tolerance);
  }
});

test("the rows of a batch have what they have alone", async () => {
  const windows = [speech["a voice"], speech["nothing"], speech["a call"]].map(windowOf);
  const together = await byOnnx(windows);
  const size = together.length / windows.length;
  for (const [row, window] of windows.entries()) {
    const alone = await byOnnx([window]);
    const own = together.subarray(row * size, (row + 1) * size);
    expect(Math.max(...differences(own, alone))).toBeLessThan(tolerance);
  }
});

test.each([
  { sampleRate: 8000, nFft: 256, hopLength: 100, frames: 60, rangeDb: 60 },
  { sampleRate: 22_050, nFft: 512, hopLength: 301, frames: 40, rangeDb: 100 },
])("at $sampleRate Hz, a frame every $hopLength samples", async (other) => {
  const window = phrases(other.sampleRate).slice(0, other.frames * other.hopLength);
  const opened = await Session.open(nodeRuntime, descriptorPart(other).bytes, { threads: 1 });
  const { descriptors } = await opened.run({ window: { data: window, shape: [1, window.length] } });
  await opened.close();
  const expected = lowLevelDescriptors(window, other);
  expect(descriptors).toHaveLength(expected.length);
  for (const [index, value] of expected.entries()) {
    expect(Math.abs(descriptors![index]! - value)).toBeLessThan(tolerance);
  }
});
