import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { syllables } from "../../test/sounds.ts";
import { encodeWav } from "../audio/wav.ts";
import type { Clip } from "../datasets/manifest.ts";
import { nodeRuntime } from "../graph/runtime.node.ts";
import { type Experiment, parseExperiment } from "../recipes/recipe.ts";
import { FeatureExtractor, featurePlan, type ClipFeatures } from "./clip-features.ts";
import { extractAll } from "./extract-all.ts";
import { FeatureCache } from "./feature-cache.ts";
import { FeatureThreads } from "./feature-threads.ts";
import type { NoiseRecordings } from "./noise-recordings.ts";

const sampleRate = 16_000;
const experimentWith = (training: object = {}) =>
  parseExperiment(
    {
      name: "trial",
      features: { nFft: 512, winLength: 400, hopLength: 160, nMels: 16, frames: 100 },
      model: { kind: "audio-cnn" },
      training,
    },
    "test",
  );

const opened = {
  runtime: nodeRuntime,
  openEncoder: () => Promise.reject(new Error("not asked for")),
};

const noiseOf = (sound: Float32Array, sha256: string): NoiseRecordings => ({
  samples: [[sound]],
  record: [{ corpus: "noise", recordings: 1, sha256 }],
});

describe("features of clips", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "undertone-clips-"));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  async function clipOf(id: string, samples: Float32Array | Uint8Array): Promise<Clip> {
    const path = join(folder, `${id}.wav`);
    const bytes = samples instanceof Uint8Array ? samples : encodeWav([samples], sampleRate);
    await writeFile(path, bytes);
    return { id, path, emotion: "happy", speakerId: "1" };
  }

  async function extract(
    experiment: Experiment,
    clips: readonly Clip[],
    { noise, threads }: { noise?: NoiseRecordings; threads?: FeatureThreads } = {},
  ) {
    const cache = await FeatureCache.open(join(folder, "cache"));
    const tools = { ...opened, cache, noise };
    const extractor = await FeatureExtractor.open(featurePlan(experiment), tools);
    const bad: [string, string][] = [];
    const done: number[] = [];
    const features: ClipFeatures[] = await extractAll(extractor, clips, {
      onProgress: (progress) => done.push(progress.done),
      onBadClip: (clip, { code }) => bad.push([clip.id, code]),
      threads,
    });
    await extractor.close();
    return { features, bad, done };
  }

  const voice = syllables(1.2, sampleRate, { startSec: 0.1, endSec: 1.1 });

  test("a part of a file has the features and the hash of that part alone", async () => {
    const whole = await clipOf("whole", voice);
    const cut = voice.subarray(0.5 * sampleRate, sampleRate);
    const alone = await clipOf("alone", encodeWav([cut], sampleRate));
    const part = { ...whole, id: "part", segment: { startSec: 0.5, endSec: 1 } };
    const late = { ...whole, id: "late", segment: { startSec: 60 } };
    const { features, bad } = await extract(await experimentWith(), [whole, part, alone, late]);
    const [ofWhole, ofPart, ofAlone] = features;
    expect(ofPart!.views).toEqual(ofAlone!.views);
    expect(ofPart!.audioHash).toBe(ofAlone!.audioHash);
    expect(ofPart!.audioHash).not.toBe(ofWhole!.audioHash);
    expect(bad).toEqual([["late", "audio-empty"]]);
  });

  test("hold the spectrogram and augmented views, and are the same when read from the cache", async () => {
    const experiment = await experimentWith({ augmentation: { views: 2, speed: [0.8, 0.9] } });
    const clips = [
      await clipOf("a", voice),
      await clipOf(
        "b",
        voice.map((x) => x * 0.3),
      ),
    ];
    const first = await extract(experiment, clips);
    expect(first.features.map(({ clip }) => clip.id)).toEqual(["a", "b"]);
    const [a] = first.features;
    const [original, ...augmented] = a!.views.map(({ spectrogram }) => spectrogram);
    expect(original).toHaveLength(16 * 100);
    expect(augmented).toHaveLength(2);
    expect(augmented[0]).not.toEqual(original);
    expect(augmented[0]).not.toEqual(augmented[1]);
    const again = await extract(experiment, clips);
    expect(again).toEqual(first);
    expect(first.done).toEqual([1, 2]);
  });

  test("views are mixed with the noise given, and kept apart from those with other noise", async () => {
    const experiment = await experimentWith({ augmentation: { views: 1, snrDb: [0, 0] } });
    const clips = [await clipOf("a", voice)];
    const viewOf = async (noise?: NoiseRecordings) =>
      (await extract(experiment, clips, noise && { noise })).features[0]!.views[1]!["spectrogram"];
    const buzz = Float32Array.from({ length: 4000 }, (_, n) => Math.sin(n / 2));
    const hum = Float32Array.from({ length: 4000 }, (_, n) => Math.sin(n / 30));
    const views = [
      await viewOf(),
      await viewOf(noiseOf(buzz, "b")),
      await viewOf(noiseOf(hum, "h")),
    ];
    expect(new Set(views.map((view) => String(view))).size).toBe(3);
    expect(await viewOf(noiseOf(buzz, "b"))).toEqual(views[1]);
  });

  test("copies of one recording share a hash, whatever the file says around the sound", async () => {
    const once = encodeWav([voice], sampleRate);
    const listed = new Uint8Array(once.length + 12);
    listed.set(once);
    listed.set(new TextEncoder().encode("LIST\u0004\u0000\u0000\u0000INFO"), once.length);
    const clips = [
      await clipOf("a", once),
      await clipOf("b", listed),
      await clipOf("c", voice.slice(1)),
    ];
    const [a, b, c] = (await extract(await experimentWith(), clips)).features;
    expect(b!.audioHash).toBe(a!.audioHash);
    expect(c!.audioHash).not.toBe(a!.audioHash);
  });

  test("clips that cannot be read are reported by name, and the others go on", async () => {
    const clips = [
      await clipOf("text", new TextEncoder().encode("not a sound")),
      await clipOf("good", voice),
      { id: "gone", path: join(folder, "gone.wav"), emotion: "sad", speakerId: "2" } as const,
      await clipOf("empty", new Uint8Array()),
    ];
    const { features, bad, done } = await extract(await experimentWith(), clips);
    expect(features.map(({ clip }) => clip.id)).toEqual(["good"]);
    expect(bad.map(([id]) => id).toSorted()).toEqual(["empty", "gone", "text"]);
    expect(done).toEqual([1, 2, 3, 4]);
  });

  test("threads give and keep the features that this thread computes, and go on where a clip is bad or one of them ends", async () => {
    const experiment = await experimentWith({ augmentation: { views: 1, snrDb: [0, 0] } });
    const noise = {
      samples: [[new Float32Array(new SharedArrayBuffer(16_000)).fill(0.1)]],
      record: noiseOf(voice, "n").record,
    };
    const clips = [
      await clipOf("a", voice),
      await clipOf("text", new TextEncoder().encode("not a sound")),
      await clipOf("b", voice.slice(4000)),
    ];
    const cacheFolder = join(folder, "cache");
    const start = () =>
      new FeatureThreads(2, { plan: featurePlan(experiment), cacheFolder, noise });
    const threads = start();
    const first = await threads.extract(clips[0]!);
    const kept = await readdir(cacheFolder, { recursive: true });
    expect(kept.filter((name) => name.endsWith(".f32"))).toHaveLength(3);
    const beside = await extract(experiment, clips, { noise, threads });
    await threads.close();
    expect(beside.features.map(({ clip }) => clip.id)).toEqual(["a", "b"]);
    expect(beside.features[0]).toEqual(first);
    expect(beside.bad).toEqual([["text", "audio-unsupported"]]);
    const ended = start();
    const extracting = ended.extract(clips[0]!);
    await ended.close();
    expect([undefined, first]).toContainEqual(await extracting);
    await rm(cacheFolder, { recursive: true });
    expect(await extract(experiment, clips, { noise, threads: ended })).toEqual({
      ...beside,
      done: [1, 2, 3],
    });
  });

  test("a signal stops before the next clips", async () => {
    const cache = await FeatureCache.open(join(folder, "cache"));
    const extractor = await FeatureExtractor.open(featurePlan(await experimentWith()), {
      ...opened,
      cache,
    });
    const clips: Clip[] = [];
    for (let index = 0; index < 12; index++) clips.push(await clipOf(`${index}`, voice));
    const controller = new AbortController();
    const seen: number[] = [];
    const run = extractAll(extractor, clips, {
      onProgress: ({ done }) => {
        seen.push(done);
        controller.abort();
      },
      onBadClip: () => {},
      signal: controller.signal,
    });
    await expect(run).rejects.toMatchObject({ code: "cancelled" });
    // Those that were under way come to their end.
    expect(seen.length).toBeLessThan(6);
    await extractor.close();
  });
});
