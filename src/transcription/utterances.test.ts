import { voiceActivityOf } from "../../test/support/voice-activity.ts";
import { expect, test } from "vitest";
import { UtteranceFinder, type SpokenSamples } from "./utterances.ts";

/** Finds speech where samples are above one half. */
const loudness = voiceActivityOf((frame) => (Math.max(...frame) > 0.5 ? 1 : 0));

async function collect(
  blocks: Iterable<Float32Array>,
  signal?: AbortSignal,
): Promise<SpokenSamples[]> {
  const found: SpokenSamples[] = [];
  const finder = new UtteranceFinder({ voiceActivity: loudness, signal });
  for (const block of blocks) for await (const each of finder.push(block)) found.push(each);
  for await (const each of finder.finish()) found.push(each);
  return found;
}

/** A second of speech from second 2 and from second 6 on, each sample its own. */
const recording = Float32Array.from({ length: 8 * 16_000 + 100 }, (_, n) => {
  const second = Math.floor(n / 16_000);
  return (second === 2 || second === 6 ? 0.6 : 0) + n / 1e7;
});

const bytesOf = (start: number, length: number): Buffer =>
  Buffer.from(recording.slice(start, start + length).buffer);

test.each([1, 100, 512, 5000, 1_000_000])(
  "utterances hold the recording's own samples, in blocks of %i",
  async (length) => {
    const blocks = Array.from({ length: Math.ceil(recording.length / length) }, (_, n) =>
      recording.subarray(n * length, (n + 1) * length),
    );
    const found = await collect(blocks);
    expect(found).toHaveLength(2);
    for (const [n, { startSec, samples }] of found.entries()) {
      const start = startSec * 16_000;
      expect(Math.abs(startSec - ([2, 6][n]! - 0.4))).toBeLessThan(0.05);
      expect(Math.abs(samples.length / 16_000 - 1.8)).toBeLessThan(0.1);
      expect(Buffer.from(samples.buffer).equals(bytesOf(start, samples.length))).toBe(true);
    }
  },
);

test("the last samples belong to speech that goes on to the end", async () => {
  const loud = new Float32Array(20_001).fill(0.7);
  const [only] = await collect([loud]);
  expect(only?.samples).toEqual(loud);
});

test("live, an utterance is found as soon as it ends", async () => {
  const finder = new UtteranceFinder({ voiceActivity: loudness, isLive: true });
  const found: SpokenSamples[] = [];
  for await (const each of finder.push(recording.subarray(0, 5 * 16_000))) found.push(each);
  expect(found).toEqual((await collect([recording])).slice(0, 1));
});

test("an empty recording has none", async () => {
  expect(await collect([])).toEqual([]);
  expect(await collect([new Float32Array(0)])).toEqual([]);
});

test("an hour of speech and silence take the memory of one utterance", async () => {
  const block = new Float32Array(160_000); // ten seconds, the same buffer again and again
  function* hour(): Generator<Float32Array> {
    for (let n = 0; n < 360; n++) yield block.fill(n % 7 < 5 ? 0.7 : 0);
  }
  const before = heldBytes();
  let held = 0;
  let most = 0;
  let count = 0;
  const finder = new UtteranceFinder({ voiceActivity: steady() });
  for (const tenSec of hour()) {
    for await (const { samples } of finder.push(tenSec)) {
      most = Math.max(most, samples.length);
      count++;
      held = Math.max(held, heldBytes() - before);
    }
  }
  expect(count).toBeGreaterThan(100);
  expect(held).toBeLessThan(100e6); // an hour is 230 MB
  expect(most).toBeLessThanOrEqual(21 * 16_000);
});

const heldBytes = (): number => process.memoryUsage().arrayBuffers;

/** As `loudness`, without looking at every sample. */
const steady = () => voiceActivityOf((frame) => (frame[0]! > 0.5 ? 1 : 0));

test("it can be cancelled", async () => {
  const controller = new AbortController();
  controller.abort();
  await expect(collect([recording], controller.signal)).rejects.toMatchObject({
    code: "cancelled",
  });
});
