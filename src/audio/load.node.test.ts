import { execFileSync } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { concatenate } from "./blocks.ts";
import { decodeAudio } from "./decode.ts";
import { loadAudio, openFile } from "./load.node.ts";
import { readMono, type MonoReading } from "./read-mono.ts";
import { Resampler } from "./resample.ts";
import { encodeWav } from "./wav.ts";

const fixture = (name: string): string =>
  join(import.meta.dirname, "../../test/fixtures/audio", name);

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "undertone-audio-"));
});
afterAll(() => rm(folder, { recursive: true }));

const tone = (hz: number, rate: number, seconds: number): Float32Array =>
  Float32Array.from(
    { length: rate * seconds },
    (_, n) => 0.5 * Math.sin((2 * Math.PI * hz * n) / rate),
  );

async function file(name: string, bytes: Uint8Array): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, bytes);
  return path;
}

test("loads mono at the rate that was asked for", async () => {
  const left = tone(440, 44_100, 1);
  const path = await file("stereo.wav", encodeWav([left, left.map((x) => x / 2)], 44_100));
  const audio = await loadAudio(path, { sampleRate: 16_000 });
  expect(audio).toMatchObject({ sampleRate: 16_000, durationSec: 1, warnings: [] });
  const expected = tone(440, 16_000, 1);
  for (let n = 400; n < 15_600; n++) {
    expect(Math.abs(audio.samples[n]! - expected[n]! * 0.75)).toBeLessThan(1e-4);
  }
});

test.skipIf(process.platform === "win32")("a pipe is refused, not waited for", async () => {
  const path = join(folder, "pipe.wav");
  execFileSync("mkfifo", [path]);
  const refused = { code: "file-unreadable", message: expect.stringMatching(/not a regular file/) };
  await expect(loadAudio(path, { sampleRate: 16_000 })).rejects.toMatchObject(refused);
});

test("one sample of 96 kHz and 8 channels loads", async () => {
  const channels = Array.from({ length: 8 }, () => Float32Array.of(0.5));
  const path = await file("one.wav", encodeWav(channels, 96_000));
  const { samples } = await loadAudio(path, { sampleRate: 96_000 });
  expect([...samples]).toEqual([0.5]);
  expect((await loadAudio(path, { sampleRate: 16_000 })).samples.length).toBe(0);
});

describe.each([
  "chirp.flac",
  "chirp.mp3",
  "chirp.ogg",
  "chirp.opus",
  "chirp.m4a",
  "chirp.aac",
  "chirp-fragmented.mp4",
  "chirp.webm",
])("%s", (name) => {
  test("streamed in blocks it is what loading gives, at the length that decoding gives", async () => {
    const whole = await loadAudio(fixture(name), { sampleRate: 16_000 });
    const blocks: Float32Array[] = [];
    for await (const block of await reading(fixture(name))) blocks.push(block);
    expect(concatenate(blocks)).toEqual(whole.samples);
    const decoded = await decodeAudio(new Uint8Array(await readFile(fixture(name))));
    const decodedLength = decoded.channels[0]!.length;
    expect(whole.samples.length).toBe(Math.round((decodedLength * 16_000) / decoded.sampleRate));
  });
});

const reading = async (path: string, signal?: AbortSignal): Promise<MonoReading> =>
  readMono(await openFile(path), { sampleRate: 16_000, signal });

const energy = (values: Float32Array): number => values.reduce((sum, x) => sum + x * x, 0);

test.each(["chirp.opus", "chirp.webm"])(
  "%s decoded at the rate that is wanted is what resampling makes of it",
  async (name) => {
    const { samples } = await loadAudio(fixture(name), { sampleRate: 16_000 });
    const decoded = await decodeAudio(new Uint8Array(await readFile(fixture(name))));
    const resampler = Resampler.create(decoded.sampleRate, 16_000);
    const resampled = concatenate([resampler.push(decoded.channels[0]!), resampler.finish()]);
    const difference = samples.map((x, n) => x - resampled[n]!);
    expect(energy(difference) / energy(resampled)).toBeLessThan(0.01);
  },
);

test("a recording can be read twice, and left early", async () => {
  const chirp = await reading(fixture("chirp.flac"));
  const firstBlocks: Float32Array[] = [];
  for (let times = 0; times < 2; times++) {
    for await (const block of chirp) {
      firstBlocks.push(block);
      break;
    }
  }
  expect(firstBlocks[0]).toEqual(firstBlocks[1]);
});

test("warnings of a damaged file stand with the reading", async () => {
  const bytes = encodeWav(tone(440, 16_000, 1), 16_000).slice(0, 20_000);
  const cut = await reading(await file("cut.wav", bytes));
  let length = 0;
  for await (const block of cut) length += block.length;
  expect(length).toBe(9978);
  expect(cut.warnings).toEqual([expect.stringContaining("cut short")]);
});

test("an abort between blocks cancels", async () => {
  const path = await file("long.wav", encodeWav(tone(440, 48_000, 20), 48_000));
  const controller = new AbortController();
  const long = await reading(path, controller.signal);
  const read = async (): Promise<void> => {
    for await (const block of long) if (block.length > 0) controller.abort();
  };
  await expect(read()).rejects.toMatchObject({ code: "cancelled" });
});

test("errors name the file", async () => {
  const text = await file("text.wav", new TextEncoder().encode("no sound, only words"));
  const cases = [
    [join(folder, "missing.wav"), "file-not-found"],
    [folder, "file-unreadable"],
    ["/dev/null", "file-unreadable"],
    [text, "audio-unsupported"],
    [await file("empty.wav", new Uint8Array()), "audio-empty"],
  ] as const;
  for (const [path, code] of cases) {
    await expect(loadAudio(path, { sampleRate: 16_000 })).rejects.toMatchObject({
      name: "UndertoneError",
      code,
    });
    await expect(loadAudio(path, { sampleRate: 16_000 })).rejects.toThrow(path);
  }
});
