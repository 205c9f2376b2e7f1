import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { decodeAudio } from "./decode.ts";
import { encodeWav } from "./wav.ts";

const fixture = (name: string): Uint8Array =>
  new Uint8Array(readFileSync(new URL(`../../test/fixtures/audio/${name}`, import.meta.url)));

/** The sound of the fixtures, in the closed form of their script. */
const chirp = (rate: number, length: number): Float32Array =>
  Float32Array.from({ length }, (_, n) => {
    const t = n / rate;
    if (t >= 0.5) return 0;
    return 0.5 * Math.sin(2 * Math.PI * t) ** 2 * Math.sin(2 * Math.PI * (200 * t + 1800 * t * t));
  });

/** Normalized correlation of `samples`, shifted by `lag`, with the chirp. */
function correlation(samples: Float32Array, rate: number, lag: number): number {
  const expected = chirp(rate, rate / 2);
  let [product, energy, expectedEnergy] = [0, 0, 0];
  for (const [n, sample] of expected.entries()) {
    const got = samples[n + lag] ?? 0;
    product += got * sample;
    energy += got * got;
    expectedEnergy += sample * sample;
  }
  return product / Math.sqrt(energy * expectedEnergy);
}

const lags = Array.from({ length: 25 }, (_, n) => n - 12);

describe.each([
  { file: "chirp.flac", format: "flac", sampleRate: 44_100, excess: 0, delay: 0 },
  { file: "chirp.mp3", format: "mp3", sampleRate: 44_100, excess: 0, delay: 0 },
  { file: "chirp.ogg", format: "ogg", sampleRate: 44_100, excess: 0, delay: 0 },
  { file: "chirp.opus", format: "ogg", sampleRate: 48_000, excess: 0, delay: 0 },
  { file: "chirp.m4a", format: "mp4", sampleRate: 44_100, excess: 0, delay: 0 },
  // These do not say where the sound ends: the padding of the last frame stays. Without an edit list, so does the delay.
  { file: "chirp.aac", format: "aac", sampleRate: 44_100, excess: 1024, delay: 0 },
  { file: "chirp-fragmented.mp4", format: "mp4", sampleRate: 44_100, excess: 2048, delay: 1024 },
  { file: "chirp.webm", format: "matroska", sampleRate: 48_000, excess: 960, delay: 0 },
])("$file", ({ file, format, sampleRate, excess, delay }) => {
  test("is what was encoded: rate, length, level, and place within 2 samples", async () => {
    const audio = await decodeAudio(fixture(file));
    expect(audio).toMatchObject({ format, sampleRate, warnings: [] });
    expect(audio.channels.length).toBe(1);
    const samples = audio.channels[0]!;
    expect(samples.length).toBeGreaterThanOrEqual(sampleRate / 2);
    expect(samples.length).toBeLessThanOrEqual(sampleRate / 2 + excess);
    const correlations = lags.map((lag) => correlation(samples, sampleRate, lag + delay));
    const place = lags[correlations.indexOf(Math.max(...correlations))]!;
    expect(Math.abs(place)).toBeLessThanOrEqual(2);
    expect(correlation(samples, sampleRate, delay)).toBeGreaterThan(0.999);
    expect(Math.max(...samples)).toBeCloseTo(0.5, 1);
  });

  test("truncated anywhere it is decoded in part or fails with a code, and is never longer than the original", async () => {
    const bytes = fixture(file);
    for (let eighths = 0; eighths < 8; eighths++) {
      const cut = bytes.slice(0, Math.floor((bytes.length * eighths) / 8));
      const length = await decodeAudio(cut).then(
        (audio) => audio.channels[0]!.length,
        (error: unknown) => {
          expect(error).toMatchObject({ name: "UndertoneError" });
          return 0;
        },
      );
      expect(length).toBeLessThanOrEqual(sampleRate / 2 + excess);
    }
  });

  test("with garbage behind its first bytes it is an error, not a crash", async () => {
    const bytes = fixture(file);
    for (let n = 60; n < bytes.length; n++) bytes[n] = (n * n * 2_654_435_761) >>> 11;
    await expect(decodeAudio(bytes)).rejects.toMatchObject({ name: "UndertoneError" });
  });
});

test("FLAC is lossless: every sample is the chirp's within 16 bits", async () => {
  const samples = (await decodeAudio(fixture("chirp.flac"))).channels[0]!;
  const error = chirp(44_100, 22_050).map((sample, n) => Math.abs(sample - samples[n]!));
  expect(Math.max(...error)).toBeLessThan(2 ** -15);
});

test("the last frame of a FLAC file counts, however short", async () => {
  const audio = await decodeAudio(fixture("short-last-frame.flac"));
  expect(audio.channels[0]!.length).toBe(4628);
  expect(audio.warnings).toEqual([]);
});

test("six channels of Opus", async () => {
  const { channels } = await decodeAudio(fixture("surround.opus"));
  expect(channels.map((channel) => channel.length)).toEqual(Array(6).fill(24_000));
  expect(correlation(channels[0]!, 48_000, 0)).toBeGreaterThan(0.99);
});

test("a FLAC file that is truncated is decoded with a warning", async () => {
  const bytes = fixture("chirp.flac");
  const audio = await decodeAudio(bytes.slice(0, bytes.length / 2));
  expect(audio.channels[0]!.length).toBeGreaterThan(4000);
  expect(audio.warnings).toEqual([expect.stringContaining("promises 0.50 s")]);
});

test("an MP3 behind an ID3 tag with a cover of 3 MB", async () => {
  const cover = new Uint8Array(3_000_010);
  const length = cover.length - 10;
  cover.set([
    0x49,
    0x44,
    0x33,
    3,
    0,
    0,
    length >> 21,
    (length >> 14) & 127,
    (length >> 7) & 127,
    length & 127,
  ]);
  const mp3 = fixture("chirp.mp3");
  const tagged = new Uint8Array(cover.length + mp3.length);
  tagged.set(cover);
  tagged.set(mp3, cover.length);
  const audio = await decodeAudio(tagged);
  expect(audio.channels).toEqual((await decodeAudio(mp3)).channels);
});

test.each([
  ["an empty file", "audio-empty", new Uint8Array()],
  [
    "text",
    "audio-unsupported",
    new TextEncoder().encode("Dear diary, nothing was recorded today."),
  ],
  ["one byte", "audio-unsupported", Uint8Array.of(0xff)],
  ["zeros", "audio-unsupported", new Uint8Array(50_000)],
  ["the magic of FLAC alone", "audio-corrupt", new TextEncoder().encode("fLaC")],
  [
    "the magic of MP4 alone",
    "audio-corrupt",
    new TextEncoder().encode("\0\0\0\x10ftypM4A \0\0\0\0"),
  ],
  ["the magic of WebM alone", "audio-corrupt", Uint8Array.of(0x1a, 0x45, 0xdf, 0xa3)],
  ["the magic of Ogg alone", "audio-corrupt", new TextEncoder().encode("OggS\0\x02 Theora")],
])("%s is an error with a code", async (_, code, bytes) => {
  await expect(decodeAudio(bytes)).rejects.toMatchObject({ name: "UndertoneError", code });
});

test("a signal that was aborted cancels", async () => {
  const options = { signal: AbortSignal.abort() };
  for (const bytes of [encodeWav(new Float32Array(10), 16_000), fixture("chirp.opus")]) {
    await expect(decodeAudio(bytes, options)).rejects.toMatchObject({ code: "cancelled" });
  }
});
