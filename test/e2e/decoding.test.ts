import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { decodeAudio } from "../../src/audio/decode.ts";
import { encodeWav } from "../../src/audio/wav.ts";
import { decodingMatrix, shapes, type MatrixEntry } from "../support/decoding-matrix.ts";
import { compareWithFfmpeg, ffmpeg, hasFfmpeg } from "../support/ffmpeg.ts";

/** Two seconds: a chirp that swells and fades, and a click at 1.25 s. */
function sound(sampleRate: number, channels: number): Float32Array[] {
  return Array.from({ length: channels }, (_, channel) =>
    Float32Array.from({ length: 2 * sampleRate }, (_sample, n) => {
      const sec = n / sampleRate;
      const swell = 0.4 * Math.sin(Math.PI * sec * (1.5 + channel)) ** 2;
      const click = sec >= 1.25 && sec < 1.2502 ? 0.4 : 0;
      return swell * Math.sin(2 * Math.PI * (150 * sec + 300 * sec * sec)) + click;
    }),
  );
}

/** PCM is made in stereo alone, which tells its layout; telephone codecs in mono. */
const suits = ({ args }: MatrixEntry, channels: number): boolean =>
  channels > 1 ? !args.includes("-ar") : !args[1]!.startsWith("pcm");

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "undertone-decoding-"));
  for (const [rate, channels] of shapes) {
    writeFileSync(
      join(folder, `${rate}.wav`),
      encodeWav(
        sound(rate, channels).map((samples) => samples.map(toSixteenBits)),
        rate,
      ),
    );
  }
});
afterAll(() => rmSync(folder, { recursive: true }));

const toSixteenBits = (sample: number): number => (Math.round(sample * 32_768) + 0) / 32_768;

if (!hasFfmpeg)
  process.stderr.write(
    "ffmpeg is not installed: the matrix of containers and codecs is skipped.\n",
  );

describe.skipIf(!hasFfmpeg).each(shapes)("beside ffmpeg, %i Hz, %i channels", (rate, channels) => {
  test.each(decodingMatrix.filter((entry) => suits(entry, channels)))(
    "$name",
    async ({ name, ending, args, isExact = false }) => {
      const path = join(folder, `${rate}-${name.replaceAll(/[^\w-]/g, "_")}.${ending}`);
      ffmpeg("-i", join(folder, `${rate}.wav`), ...args, path);
      const bytes = new Uint8Array(readFileSync(path));
      expect(await compareWithFfmpeg(path, bytes)).toMatchObject({
        verdict: "equal",
        warnings: [],
      });
      if (!isExact) return;
      const audio = await decodeAudio(bytes);
      for (const [channel, samples] of sound(rate, channels).entries()) {
        const decoded = audio.channels[channel]!;
        expect(samples.findIndex((sample, n) => toSixteenBits(sample) !== decoded[n])).toBe(-1);
      }
    },
  );
});
