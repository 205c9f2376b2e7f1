import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { encodeWav } from "../audio/wav.ts";
import { Random } from "../shared/random.ts";
import { checkClips } from "./check.ts";
import type { Clip, Manifest } from "./manifest.ts";
import { type ClipMeasure, measureClips } from "./measure.ts";
import { corpusStats } from "./stats.ts";

let folder: string;
let manifest: Manifest;
let measures: ClipMeasure[];

function noise(seconds: number, seed: number, gain = 0.2): Float32Array {
  const random = new Random(seed);
  return Float32Array.from({ length: seconds * 16_000 }, () => random.uniform(-gain, gain));
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "check-"));
  const files: Record<string, Uint8Array> = {
    good: encodeWav(noise(1, 1), 16_000),
    "good again": encodeWav(noise(1, 1), 16_000),
    joy: encodeWav(noise(2, 2), 16_000),
    fear: encodeWav(noise(2, 2), 16_000),
    borrowed: encodeWav(noise(3, 3), 16_000),
    lent: encodeWav([noise(3, 3), noise(3, 3)], 16_000),
    silent: encodeWav(new Float32Array(16_000), 16_000),
    clipped: encodeWav(noise(1, 4, 1.5), 16_000),
    short: encodeWav(noise(0.1, 5), 16_000),
    narrow: encodeWav(noise(1, 6), 8000),
    cut: encodeWav(noise(1, 7), 16_000).subarray(0, 20_000),
    text: new TextEncoder().encode("this is no sound"),
    empty: new Uint8Array(),
  };
  for (const [id, bytes] of Object.entries(files)) await writeFile(join(folder, id), bytes);
  const clips = [...Object.keys(files), "gone"].map((id): Clip => ({
    id,
    path: join(folder, id),
    emotion: id === "fear" ? "fearful" : "happy",
    speakerId: id === "lent" ? "2" : "1",
    ...(id === "lent" && { sex: "female" }),
  }));
  manifest = { corpus: "test", root: folder, clips };
  measures = await measureClips(manifest);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test("each defect is found, in its own clip and in no other", () => {
  const found = checkClips(measures).map(({ kind, clips }) => [kind, ...clips]);
  expect(found).toEqual([
    ["missing", "gone"],
    ["unreadable", "text"],
    ["unreadable", "empty"],
    ["damaged", "cut"],
    ["silent", "silent"],
    ["clipped", "clipped"],
    ["too short", "short"],
    ["same audio under several emotions", "joy", "fear"],
    ["same audio under several speakers", "borrowed", "lent"],
    ["same audio twice", "good", "good again"],
    ["equal channels", "lent"],
    ["unusual sample rate", "narrow"],
  ]);
});

test("findings say what was measured", () => {
  const details = new Map(checkClips(measures).map(({ kind, detail }) => [kind, detail]));
  expect(details.get("clipped")).toMatch(/^33\.\d\d % of samples/); // a third of ±1.5 is beyond ±1
  expect(details.get("too short")).toBe("0.100 s");
  expect(details.get("unusual sample rate")).toBe("8000 Hz, most clips have 16000 Hz");
  expect(details.get("same audio under several emotions")).toBe("happy, fearful");
});

test("progress counts every clip, a signal cancels", async () => {
  const counts: number[] = [];
  const cancel = new AbortController();
  const onProgress = ({ done }: { done: number }): void => {
    counts.push(done);
    if (done === 3) cancel.abort();
  };
  await expect(measureClips(manifest, { onProgress, signal: cancel.signal })).rejects.toMatchObject(
    { code: "cancelled" },
  );
  expect(counts).toEqual([1, 2, 3]);
});

test("counts, and quantiles of the lengths as numpy has them", () => {
  const { speakers, lengthSec, ...stats } = corpusStats(manifest, measures);
  expect(stats).toMatchObject({
    clips: 14,
    unreadable: 3,
    emotions: { happy: 13, fearful: 1 },
    sexes: { female: 1, male: 0, unknown: 13 },
  });
  expect(speakers.map(({ speakerId, sex, clips }) => [speakerId, sex, clips])).toEqual([
    ["1", "unknown", 13],
    ["2", "female", 1],
  ]);
  // numpy.quantile of the eleven lengths 0.1, 0.62365 (cut), 1, 1, 1, 1, 2 (narrow), 2, 2, 3, 3
  expect(lengthSec.min).toBe(0.1);
  expect(lengthSec.p25).toBeCloseTo(1, 10);
  expect(lengthSec.median).toBe(1);
  expect(lengthSec.p95).toBe(3);
  expect(lengthSec.total).toBeCloseTo(16.72365, 2);
});

test.runIf(existsSync("/dev/null"))("a device, which may never end, is not read", async () => {
  const device = { ...manifest.clips[0]!, path: "/dev/null" };
  const [measure] = await measureClips({ ...manifest, clips: [device] });
  expect(measure).toMatchObject({ error: { code: "file-unreadable" } });
});
