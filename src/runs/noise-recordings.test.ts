import { mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { whiteNoise } from "../../test/sounds.ts";
import { encodeWav } from "../audio/wav.ts";
import { readNoise } from "./noise-recordings.ts";

const sampleRate = 16_000;
let folder: string;
let warnings: string[];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "undertone-noise-"));
  warnings = [];
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function write(name: string, samples: Float32Array | Uint8Array): Promise<void> {
  const path = join(folder, name);
  await mkdir(join(path, ".."), { recursive: true });
  await writeFile(path, samples instanceof Uint8Array ? samples : encodeWav([samples], sampleRate));
}

const read = (...folders: string[]) =>
  readNoise(
    folders.map((name) => join(folder, name)),
    {
      sampleRate,
      onProgress: () => {},
      logger: { info: () => {}, warn: (message) => warnings.push(message) },
    },
  );

test("recordings of each folder, without silence, by the folder's name and the hash of its content", async () => {
  const padded = new Float32Array(sampleRate);
  padded.set(whiteNoise(0.2, sampleRate, 1));
  await write("rain/a/long.wav", whiteNoise(61, 8 * sampleRate).subarray(0, 61 * sampleRate));
  await write("rain/b.wav", padded);
  await write("rain/silent.wav", new Float32Array(1000));
  await write("rain/broken.wav", new TextEncoder().encode("no sound"));
  await write("music/c.wav", whiteNoise(0.5, sampleRate, 2));
  const { samples, record } = await read("rain", "music");
  expect(samples.map((each) => each.map(({ length }) => length))).toEqual([
    [0.2 * sampleRate, 60 * sampleRate],
    [0.5 * sampleRate],
  ]);
  expect(record).toMatchObject([
    { corpus: "rain", recordings: 2 },
    { corpus: "music", recordings: 1 },
  ]);
  expect(warnings).toHaveLength(1);
  expect(JSON.stringify(record)).not.toContain(folder);
  await rename(join(folder, "music"), join(folder, "songs"));
  const [moved] = (await read("songs")).record;
  expect(moved!.sha256).toBe(record[1]!.sha256);
  await write("songs/c.wav", whiteNoise(0.5, sampleRate, 3));
  expect((await read("songs")).record[0]!.sha256).not.toBe(record[1]!.sha256);
});

test("a folder without sound, or none at all, is refused", async () => {
  await write("quiet/a.wav", new Float32Array(1000));
  await expect(read("quiet")).rejects.toMatchObject({ code: "dataset-invalid" });
  await expect(read("gone")).rejects.toMatchObject({ code: "file-not-found" });
});
