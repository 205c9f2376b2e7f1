import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { decode } from "fast-png";
import { afterAll, beforeAll, expect, test } from "vitest";
import { printed } from "../../test/support/printed.ts";
import { encodeWav } from "../audio/wav.ts";
import { spectrogramCommand } from "./spectrogram.ts";

const sampleRate = 16_000;
let folder: string;
let recording: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "picture-"));
  recording = join(folder, "tone.wav");
  const tone = Float32Array.from({ length: 2 * sampleRate }, (_, n) =>
    Math.sin((2 * Math.PI * 1000 * n) / sampleRate),
  );
  await writeFile(recording, encodeWav(tone, sampleRate));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const draw = async (name: string, ...options: readonly string[]): Promise<Buffer> => {
  const out = join(folder, name);
  const words = [recording, "--out", out, ...options];
  await printed(() => spectrogramCommand.parseAsync(words, { from: "user" }));
  return readFile(out);
};

test("a spectrogram as SVG has axes in seconds and Hz, pitch and energy", async () => {
  const svg = (await draw("a.svg", "--from", "0.5", "--to", "1.5")).toString();
  for (const text of ["seconds", "Hz (mel scale)", "Pitch, Hz", "Energy, dB", "tone.wav"]) {
    expect(svg).toContain(text);
  }
  expect(svg).toMatch(/>0\.5<[^]*>1\.5</);
  expect(svg).not.toContain(">1.6<");
});

test("a spectrogram as PNG is brightest at the tone and has letters", async () => {
  const { width, height, data, channels } = decode(await draw("a.png"));
  const brightness = (x: number, y: number): number => data[(y * width + x) * channels]!;
  // Rows of the spectrogram in the middle of the recording: 1 kHz lies at 15 of 8 kHz's 45.2 mel.
  const column = Array.from({ length: 530 }, (_, row) => brightness(width / 2, 122 + row));
  const peak = column.indexOf(Math.max(...column)) / column.length;
  expect(peak).toBeGreaterThan(0.6);
  expect(peak).toBeLessThan(0.72);
  // The title stands above the spectrogram, where there is nothing else.
  const title = Array.from({ length: width * 60 }, (_, at) => data[(40 * width + at) * channels]!);
  expect(title.filter((value) => value < 128).length).toBeGreaterThan(100);
  expect(height).toBeGreaterThan(1000);
});

test("a part that the recording does not have is refused", async () => {
  await expect(draw("b.svg", "--from", "3")).rejects.toMatchObject({ code: "usage" });
  await expect(draw("b.svg", "--from", "1", "--to", "1")).rejects.toMatchObject({ code: "usage" });
});
