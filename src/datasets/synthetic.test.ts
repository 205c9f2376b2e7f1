import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { decodeAudio } from "../audio/decode.ts";
import type { Emotion } from "../shared/emotions.ts";
import { Random } from "../shared/random.ts";
import { type Corpus, readCorpus } from "./read-corpus.ts";
import { synthesize } from "./synthesis/source-filter.ts";
import { drawProsody, drawVoice } from "./synthesis/voices.ts";
import { synthesizeCorpus } from "./synthetic.ts";

let folder: string;
let corpus: Corpus;
const options = { speakers: 3, clipsPerEmotion: 3, seed: 1 };

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "synthetic-"));
  await synthesizeCorpus(join(folder, "a"), options);
  corpus = await readCorpus(join(folder, "a"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test("the corpus is read back by its names, and is not taken for RAVDESS", () => {
  expect(corpus.corpus).toBe("synthetic");
  expect(corpus.leftOut).toEqual([]);
  expect(corpus.clips).toHaveLength(3 * 8 * 3);
  expect(new Set(corpus.clips.map((clip) => `${clip.speakerId} ${clip.sex}`))).toEqual(
    new Set(["01 male", "02 female", "03 male"]),
  );
});

test("of two at once into one folder the slower finds it taken, and leaves nothing", async () => {
  const target = join(folder, "both");
  const small = { speakers: 1, clipsPerEmotion: 1, seed: 1 };
  const outcomes = await Promise.allSettled([1, 2].map(() => synthesizeCorpus(target, small)));
  const failures = outcomes.flatMap((each) => (each.status === "rejected" ? [each.reason] : []));
  expect(failures).toMatchObject([
    { code: "usage", message: expect.stringMatching(/both: is there already/) },
  ]);
  expect((await readdir(folder)).toSorted()).toEqual(["a", "both"]);
});

test("clips are mono WAV of 16 kHz, 16 bits, one to four seconds, and not clipped", async () => {
  for (const clip of corpus.clips.slice(0, 40)) {
    const bytes = await readFile(clip.path);
    expect(bytes.readUInt16LE(34)).toBe(16);
    const { format, sampleRate, channels } = await decodeAudio(bytes);
    expect([format, sampleRate, channels.length]).toEqual(["wav", 16_000, 1]);
    expect(channels[0]!.length / 16_000).toBeGreaterThan(1);
    expect(channels[0]!.length / 16_000).toBeLessThan(4);
    expect(channels[0]!.reduce((peak, sample) => Math.max(peak, Math.abs(sample)), 0)).toBeLessThan(
      1,
    );
  }
});

test("the same options write the same bytes, another seed others", async () => {
  await synthesizeCorpus(join(folder, "b"), { ...options, speakers: 1 });
  await synthesizeCorpus(join(folder, "c"), { ...options, speakers: 1, seed: 2 });
  const name = "Actor_01/00-01-05-02-01-01-01.wav";
  const [a, b, c] = await Promise.all(
    ["a", "b", "c"].map((copy) => readFile(join(folder, copy, name))),
  );
  expect(b!.equals(a!)).toBe(true);
  expect(c!.equals(a!)).toBe(false);
});

const measure = async (emotion: Emotion): Promise<{ level: number; seconds: number }> => {
  const clips = corpus.clips.filter((clip) => clip.emotion === emotion);
  let energy = 0;
  let length = 0;
  for (const clip of clips) {
    const [samples = new Float32Array()] = (await decodeAudio(await readFile(clip.path))).channels;
    for (const sample of samples) energy += sample * sample;
    length += samples.length;
  }
  return { level: 10 * Math.log10(energy / length), seconds: length / clips.length / 16_000 };
};

test("anger is louder than sadness and fear quicker, as the reviews have it", async () => {
  const [angry, sad, fearful] = [
    await measure("angry"),
    await measure("sad"),
    await measure("fearful"),
  ];
  expect(angry.level - sad.level).toBeGreaterThan(10);
  expect(sad.seconds / fearful.seconds).toBeGreaterThan(1.3);
});

test.each([100, 220])("steady frames of %i Hz repeat after one period", (pitchHz) => {
  const voice = drawVoice("male", new Random(1));
  const prosody = {
    ...drawProsody(voice, { emotion: "neutral", strong: false }, new Random(1)),
    jitter: 0,
    breath: 0,
  };
  const frame = { pitchHz, voicing: 1, formants: [500, 1500, 2500] as const, noise: undefined };
  const samples = synthesize(
    Array.from({ length: 100 }, () => frame),
    { voice, prosody, frameLength: 64, sampleRate: 16_000 },
    new Random(1),
  ).subarray(3200);
  const similarity = (lag: number): number =>
    samples.subarray(lag).reduce((sum, sample, n) => sum + sample * samples[n]!, 0) /
    (samples.length - lag);
  const similarities = Array.from({ length: 170 }, (_, index) => similarity(40 + index));
  const best = 40 + similarities.indexOf(Math.max(...similarities));
  expect(Math.abs(best - 16_000 / pitchHz)).toBeLessThanOrEqual(1);
});

test("a folder that holds something is left alone, and cancelling leaves nothing", async () => {
  await expect(synthesizeCorpus(join(folder, "a"), options)).rejects.toMatchObject({
    code: "usage",
  });
  const before = await readdir(folder);
  const cancel = new AbortController();
  const onProgress = (): void => cancel.abort();
  await expect(
    synthesizeCorpus(join(folder, "d"), { ...options, onProgress, signal: cancel.signal }),
  ).rejects.toMatchObject({ code: "cancelled" });
  expect(await readdir(folder)).toEqual(before);
  await expect(synthesizeCorpus(folder, { ...options, speakers: 0 })).rejects.toThrow(RangeError);
});
