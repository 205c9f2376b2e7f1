import { expect, test } from "vitest";
import { leaking, placed, sentence } from "../../test/support/conversation.ts";
import { synthesizeNoise } from "../../test/support/voice.ts";
import { concatenate } from "./blocks.ts";
import { CrossTalk } from "./cross-talk.ts";

const sampleRate = 16_000;
const noise = 0.0005;

const times = [1, 4, 7, 10, 13, 16];
/** Two people who take turns for 36 s, the second one from 19 s on. */
const first = placed(
  36,
  times.map((atSec, n) => ({ atSec, sound: sentence(1, n) })),
);
const second = placed(
  36,
  times.map((atSec, n) => ({ atSec: atSec + 18, sound: sentence(2, n) })),
);
const faint = placed(36, [], noise);
const noisy = (samples: Float32Array): Float32Array => samples.map((x, n) => x + faint[n]!);

async function without(
  channels: readonly Float32Array[],
  blockLength = 16_000,
): Promise<{ channels: Float32Array[]; warnings: readonly string[] }> {
  const crossTalk = new CrossTalk(sampleRate);
  const parts: (readonly Float32Array[])[] = [];
  const count = Math.ceil(channels[0]!.length / blockLength);
  const blocks = Array.from({ length: count }, (_, i) =>
    channels.map((channel) => channel.subarray(i * blockLength, (i + 1) * blockLength)),
  );
  for await (const block of crossTalk.without(blocks)) parts.push(block);
  return {
    channels: channels.map((_, n) => concatenate(parts.map((part) => part[n]!))),
    warnings: crossTalk.warnings,
  };
}

const energy = (samples: Float32Array, fromSec: number, toSec: number): number =>
  samples
    .subarray(fromSec * sampleRate, toSec * sampleRate)
    .reduce((sum, sample) => sum + sample * sample, 0);

/** A matcher of long arrays would take minutes to print their difference. */
const areSame = (a: readonly Float32Array[], b: readonly Float32Array[]): boolean =>
  a.length === b.length &&
  a.every((samples, n) => Buffer.from(samples.buffer).equals(Buffer.from(b[n]!.buffer)));

test.each([
  { leakDb: -10, delaySec: 0 },
  { leakDb: -10, delaySec: 0.04 },
  { leakDb: -20, delaySec: 0.013 },
  { leakDb: -30, delaySec: 0.05 },
])("a leak of $leakDb dB after $delaySec s goes, and what is said stays", async (leak) => {
  const options = { ...leak, gain: 10 ** (leak.leakDb / 20) };
  const leaky = leaking(noisy(second), first, options);
  const { channels, warnings } = await without([noisy(first), leaky]);
  expect(areSame([channels[0]!], [noisy(first)])).toBe(true);
  expect(channels[1]!.length).toBe(leaky.length);
  expect(energy(channels[1]!, 0, 18)).toBeLessThan(0.1 * energy(leaky, 0, 18));
  expect(energy(channels[1]!, 18.9, 36)).toBeCloseTo(energy(leaky, 18.9, 36), 3);
  expect(warnings).toEqual([expect.stringMatching(/^Cross-talk: for 1\d\.\d s/)]);
});

test("blocks of any length give the same", async () => {
  const leaky = leaking(noisy(second), first, { gain: 0.2, delaySec: 0.02 });
  const whole = await without([first, leaky], 1e9);
  const inBlocks = await without([first, leaky], 999);
  for (const n of [0, 1]) {
    expect(inBlocks.channels[n]!.length).toBe(leaky.length);
    expect(energy(inBlocks.channels[n]!, 0, 36)).toBeCloseTo(energy(whole.channels[n]!, 0, 36), 3);
  }
});

test.each([
  [
    "two who speak at once",
    [
      first,
      placed(
        36,
        times.map((atSec, n) => ({ atSec, sound: sentence(2, n, 0.03) })),
      ),
    ],
  ],
  ["one voice in both", [first, first]],
  ["noise and a voice", [first, synthesizeNoise(36, { sampleRate, level: 0.01 })]],
  ["silence and a voice", [first, new Float32Array(36 * sampleRate)]],
  ["three who take turns", [first, second, faint]],
  ["no sound", [new Float32Array(0), new Float32Array(0)]],
])("%s are left as they are", async (_, channels) => {
  const after = await without(channels);
  expect(areSame(after.channels, channels)).toBe(true);
  expect(after.warnings).toEqual([]);
});

test("whoever speaks up while the other one leaks in is kept", async () => {
  const answer = sentence(2, 3);
  const both = placed(36, [{ atSec: 7.2, sound: answer }], noise);
  const leaky = leaking(both, first, { gain: 0.1, delaySec: 0.02 });
  const { channels } = await without([first, leaky]);
  expect(energy(channels[1]!, 7.2, 9)).toBeGreaterThan(0.8 * energy(leaky, 7.2, 9));
  expect(energy(channels[1]!, 0, 7)).toBeLessThan(0.1 * energy(leaky, 0, 7));
});

test("the third channel loses what leaks from the first one", async () => {
  const leaky = leaking(faint, first, { gain: 0.1, delaySec: 0.01 });
  const { channels } = await without([first, second, leaky]);
  expect(energy(channels[2]!, 0, 18)).toBeLessThan(0.1 * energy(leaky, 0, 18));
  expect(areSame([channels[1]!], [second])).toBe(true);
});

test("time at which several channels repeat others is told once", async () => {
  const leaks = [0.3, 0.1, 0.03].map((gain) => leaking(faint, first, { gain, delaySec: 0.01 }));
  const { warnings } = await without([first, ...leaks]);
  const [, sec] = /for ([\d.]+) s/.exec(warnings[0]!)!;
  expect(Number(sec)).toBeGreaterThan(5);
  expect(Number(sec)).toBeLessThan(20);
});

test("a single channel passes through, block by block", async () => {
  const blocks = [[first.subarray(0, 10)], [first.subarray(10, 30)]];
  const passed = [];
  for await (const block of new CrossTalk(sampleRate).without(blocks)) passed.push(block);
  expect(passed).toEqual(blocks);
});
