import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { concatenate } from "./blocks.ts";
import { decodeAudio } from "./decode.ts";
import { readChannels } from "./read-channels.ts";
import { readMono } from "./read-mono.ts";
import { bytesSource } from "./source.ts";
import { encodeWav } from "./wav.ts";

function fixture(name: string): Uint8Array {
  const bytes = readFileSync(new URL(`../../test/fixtures/cases/${name}`, import.meta.url));
  return new Uint8Array(name.endsWith(".gz") ? gunzipSync(bytes) : bytes);
}

/** Four seconds at 16 kHz, of which most cases are made. */
const { channels: original } = await decodeAudio(fixture("mkv-flac.mka"));

const mono = async (bytes: Uint8Array, options = {}) => {
  const reading = readMono(bytesSource(bytes), { sampleRate: 16_000, ...options });
  const blocks: Float32Array[] = [];
  for await (const block of reading) blocks.push(block);
  return { ...reading, incomplete: reading.incomplete, samples: concatenate(blocks) };
};

/** Likeness of a second of a recording to the original: `fromSec` of it at `atSec` of the recording. */
function likeness(samples: Float32Array, fromSec: number, atSec: number): number {
  const expected = original[0]!.subarray(fromSec * 16_000, (fromSec + 1) * 16_000);
  let best = 0;
  for (let lag = -320; lag <= 320; lag += 2) {
    let [product, energy, expectedEnergy] = [0, 1e-9, 1e-9];
    for (let n = 0; n < expected.length; n += 2) {
      const sample = samples[Math.round(atSec * 16_000) + lag + n] ?? 0;
      product += sample * expected[n]!;
      energy += sample * sample;
      expectedEnergy += expected[n]! ** 2;
    }
    best = Math.max(best, product / Math.sqrt(energy * expectedEnergy));
  }
  return best;
}

// Places are right within the 20 ms that `likeness` looks around them.
test.each([
  { file: "flac-12bit.flac", lengthSec: 4, atSec: 0.5 },
  { file: "m4a-alac.m4a", lengthSec: 4, atSec: 0.5 },
  { file: "mkv-zlib.mka", lengthSec: 4, atSec: 0.5 },
  { file: "mkv-big-video-frame.mkv.gz", lengthSec: 4, atSec: 0.5 },
  { file: "mkv-mp3.mka", lengthSec: 4.07, atSec: 0.57 },
  { file: "mp4-mp3.mp4", lengthSec: 4, atSec: 0.5 },
  { file: "webm-vorbis.webm", lengthSec: 4, atSec: 0.5 },
  { file: "wav-gsm.wav", lengthSec: 4, atSec: 0.5 },
  { file: "wav-adpcm-ima.wav", lengthSec: 4.08, atSec: 0.5 },
  { file: "wav-mp3.wav", lengthSec: 4.1, atSec: 0.57 },
  { file: "mp3-id3-size-not-syncsafe.mp3", lengthSec: 4, atSec: 0.5, told: true },
  { file: "mp3-junk-front.mp3", lengthSec: 4.1, atSec: 0.57, told: true },
  { file: "mp3-starts-mid-frame.mp3", lengthSec: 4, atSec: 0.46, told: true },
  { file: "mp3-m16-then-s44.mp3", lengthSec: 8.15, atSec: 0.57, againAtSec: 4.61 },
  { file: "ogg-chained-mono-stereo.ogg", lengthSec: 8, atSec: 0.5, againAtSec: 4.5 },
  { file: "ogg-chained.opus", lengthSec: 8, atSec: 0.5, againAtSec: 4.5 },
  { file: "m4a-two-tracks-first-silent.m4a", lengthSec: 4, atSec: 0.5, told: true },
  { file: "mkv-first-ac3-second-opus.mkv", lengthSec: 4, atSec: 0.5, told: true },
  { file: "time-audio-starts-at-1.5s.mp4", lengthSec: 5.5, atSec: 2 },
  { file: "time-audio-starts-at-1.5s.webm", lengthSec: 5.5, atSec: 2 },
  { file: "time-gap-5s.opus", lengthSec: 9, atSec: 0.5, told: true },
  { file: "time-gap-5s.webm", lengthSec: 9, atSec: 0.5, told: true },
])(
  "$file is whole, and in its place",
  async ({ file, lengthSec, atSec, told, againAtSec = atSec }) => {
    const { samples, warnings, incomplete } = await mono(fixture(file));
    expect(Math.abs(samples.length / 16_000 - lengthSec)).toBeLessThan(0.02);
    expect(likeness(samples, 0.5, atSec)).toBeGreaterThan(0.94);
    expect(likeness(samples, 0.5, againAtSec)).toBeGreaterThan(0.9);
    expect(warnings.length).toBe(told ? 1 : 0);
    expect(incomplete).toBeNull();
  },
);

test("an edit list cuts out of the middle", async () => {
  const { samples, warnings } = await mono(fixture("time-cut-opus.mp4"));
  expect(samples.length).toBe(40_000);
  expect(warnings).toEqual([]);
});

test("32 bits of FLAC keep their scale", async () => {
  const { channels, sampleRate } = await decodeAudio(fixture("flac-32bit.flac"));
  expect(channels[0]!.length / sampleRate).toBe(1.2);
  expect(channels[0]!.reduce((peak, x) => Math.max(peak, Math.abs(x)))).toBeCloseTo(0.78, 2);
});

test("a lost page is silence, told, and makes the recording incomplete", async () => {
  const { samples, warnings, incomplete } = await mono(fixture("ogg-hole-no-warning.ogg"));
  expect(samples.length).toBe(64_000);
  expect(warnings).toEqual([expect.stringContaining("3.04 s")]);
  expect(incomplete).toEqual({ decodedSec: 0.96, expectedSec: 4 });
});

test("a flipped bit costs one frame of FLAC", async () => {
  const url = new URL("../../test/fixtures/audio/chirp.flac", import.meta.url);
  const bytes = new Uint8Array(readFileSync(url));
  bytes[bytes.length >> 1]! ^= 4;
  const { channels, warnings } = await decodeAudio(bytes);
  expect(channels[0]!.length).toBe(22_050);
  expect(warnings).toEqual([expect.stringContaining("silence stands there")]);
});

test("a codec that is not decoded is named", async () => {
  const refused = { code: "audio-unsupported", message: expect.stringContaining("Speex") };
  await expect(decodeAudio(fixture("ogg-speex.ogg"))).rejects.toMatchObject(refused);
  await expect(
    decodeAudio(fixture("mkv-first-ac3-second-opus.mkv"), { track: 1 }),
  ).rejects.toMatchObject({ code: "audio-unsupported", message: expect.stringContaining("AC3") });
  await expect(
    decodeAudio(fixture("mkv-first-ac3-second-opus.mkv"), { track: 3 }),
  ).rejects.toMatchObject({ code: "audio-unsupported" });
});

const peakOf = (samples: Float32Array): number => samples.reduce((a, b) => Math.max(a, b));

test.each([
  { file: "../audio/chirp.mp3", channels: 1 },
  { file: "call-two-channels.wav", channels: 2 },
  { file: "mkv-big-video-frame.mkv.gz", channels: 1 },
  { file: "../audio/surround.opus", channels: 6 },
])("$file splits into $channels channels of one length", async ({ file, channels }) => {
  const options = { sampleRate: 16_000, channels: "split" } as const;
  let lengths: number[] = [];
  for await (const block of readChannels(bytesSource(fixture(file)), options)) {
    lengths = block.map(({ length }, n) => (lengths[n] ?? 0) + length);
  }
  expect(lengths).toHaveLength(channels);
  expect(new Set(lengths).size).toBe(1);
});

test("what changes its channels cannot be split", async () => {
  const options = { channels: "split" } as const;
  const split = mono(fixture("ogg-chained-mono-stereo.ogg"), options);
  await expect(split).rejects.toMatchObject({ code: "audio-unsupported" });
});

describe("channels", () => {
  const tone = Float32Array.from({ length: 16_000 }, (_, n) => 0.5 * Math.sin(n / 7));
  const silent = new Float32Array(16_000);

  test("a silent side is not mixed in, nor one of opposite phase", async () => {
    expect(peakOf((await mono(encodeWav([silent, tone], 16_000))).samples)).toBeCloseTo(0.5, 3);
    const inverted = await mono(encodeWav([tone, tone.map((x) => -x)], 16_000));
    expect(peakOf(inverted.samples)).toBeCloseTo(0.5, 3);
    expect(inverted.warnings).toEqual([expect.stringContaining("opposite phase")]);
  });

  test("mono that turns to stereo with one silent side", async () => {
    const { samples, warnings } = await mono(fixture("mp3-mono-silence-then-right.mp3"));
    expect(likeness(samples, 0.5, 4.67)).toBeGreaterThan(0.9);
    expect(peakOf(samples)).toBeGreaterThan(0.6);
    expect(warnings).toEqual([]);
  });

  test("two voices are told; a side can be chosen", async () => {
    const call = fixture("call-two-channels.wav");
    const mixed = await mono(call);
    expect(mixed.warnings).toEqual([expect.stringContaining("different voices")]);
    const [left, right] = [
      await mono(call, { channels: "left" }),
      await mono(call, { channels: "right" }),
    ];
    expect(left.warnings).toEqual([]);
    expect(mixed.samples.length).toBe(left.samples.length);
    const mean = left.samples.map((x, n) => (x + right.samples[n]!) / 2);
    expect(mixed.samples.every((x, n) => Math.abs(x - mean[n]!) < 1e-4)).toBe(true);
  });
});
