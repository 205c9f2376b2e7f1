import { expect, test } from "vitest";
import { Random } from "../shared/random.ts";
import { LikeChannels } from "./like-channels.ts";
import { readSamples, type ReadOptions } from "./read-channels.ts";

const sampleRate = 8000;
const random = new Random("channels");
const noise = (): Float32Array =>
  Float32Array.from({ length: sampleRate }, () => random.uniform(-0.1, 0.1));
const [one, two, three] = [noise(), noise(), noise()];
const upsideDown = one.map((x) => -0.5 * x);
const silence = new Float32Array(one.length);

test.each([
  ["two voices", { choice: "split", channels: [one, two] }, []],
  ["silence", { choice: "split", channels: [one, silence, silence] }, []],
  ["one sound twice", { choice: "split", channels: [one, one] }, [/same sound.*--channels mix/]],
  [
    "one sound upside down",
    { choice: "split", channels: [one, upsideDown] },
    [/same sound.*--channels left/],
  ],
  [
    "one sound twice of four",
    { choice: "split", channels: [two, one, three, one] },
    [/^Channels 2 and 4.*--only/],
  ],
  ["one sound twice, mixed", { choice: "mix", channels: [one, one] }, []],
  [
    "a mix that cancels out",
    { choice: "mix", channels: [one, upsideDown] },
    [/cancel out.*--channels left/],
  ],
  [
    "three of which two cancel out",
    { choice: "mix", channels: [two, one, upsideDown] },
    [/^Channels 2 and 3.*split/],
  ],
  ["one side", { choice: "left", channels: [one, upsideDown] }, []],
] as const)("%s", (_, { choice, channels }, expected) => {
  const like = new LikeChannels();
  for (const start of [0, 4000]) {
    const block = channels.map((samples) => samples.subarray(start, start + 4000));
    like.push({ sampleRate, channels: block });
  }
  expect(like.warnings(choice)).toEqual(expected.map((each) => expect.stringMatching(each)));
});

/** Reads channels and returns how many come out, and what is told. */
async function read(
  channels: readonly Float32Array[],
  options: Omit<ReadOptions, "sampleRate">,
): Promise<{ count: number | undefined; warnings: readonly string[] }> {
  const source = { sampleRate, length: one.length, read: async () => channels };
  const reading = readSamples(source, { sampleRate, ...options });
  let count: number | undefined;
  for await (const block of reading) count = block.length;
  return { count, warnings: reading.warnings };
}

const many = (count: number): Float32Array[] =>
  Array.from({ length: count }, (_, n) => one.map((x, at) => x + n * two[at]!));

test("more than eight channels are mixed, and not split", async () => {
  expect(await read(many(255), {})).toEqual({ count: 1, warnings: [] });
  const speakers = await read(many(255), { areSpeakers: true });
  expect(speakers).toEqual({ count: 1, warnings: [expect.stringContaining("at most 8")] });
  await expect(read(many(9), { channels: "split" })).rejects.toMatchObject({
    code: "usage",
    message: expect.stringContaining("--channels mix"),
  });
  expect(await read(many(8), { channels: "split" })).toMatchObject({ count: 8 });
});

test("what is told of channels is told by their reading", async () => {
  for (const channels of ["mix", "split"] as const) {
    const { warnings } = await read([one, upsideDown], { channels });
    expect(warnings).toEqual([expect.stringContaining("--channels left")]);
  }
});
