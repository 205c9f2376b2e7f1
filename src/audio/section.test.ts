import { expect, test } from "vitest";
import type { AudioBlock } from "./blocks.ts";
import { cutSection, type Section } from "./section.ts";

/** @yields ten seconds at 10 Hz, whose samples count from 0, in blocks of seven */
async function* counting(): AsyncGenerator<AudioBlock> {
  for (let start = 0; start < 100; start += 7) {
    const length = Math.min(7, 100 - start);
    yield { sampleRate: 10, channels: [Float32Array.from({ length }, (_, n) => start + n)] };
  }
}

async function cut(section: Section, blocks = counting()): Promise<number[]> {
  const samples: number[] = [];
  for await (const { channels } of cutSection(blocks, section)) samples.push(...channels[0]!);
  return samples;
}

const range = (start: number, end: number): number[] =>
  Array.from({ length: end - start }, (_, n) => start + n);

test.each([
  [{ startSec: 0, endSec: 10 }, range(0, 100)],
  [{ startSec: 0.7, endSec: 1.4 }, range(7, 14)],
  [{ startSec: 1.2, endSec: 1.3 }, range(12, 13)],
  [{ startSec: 9.5, endSec: 20 }, range(95, 100)],
])("a section of %o has its samples", async (section, expected) => {
  expect(await cut(section)).toEqual(expected);
});

test("a section after the end is an error", async () => {
  await expect(cut({ startSec: 10, endSec: 11 })).rejects.toMatchObject({ code: "audio-empty" });
});

test("what comes after a section is not decoded", async () => {
  let decoded = 0;
  async function* counted(): AsyncGenerator<AudioBlock> {
    for await (const block of counting()) {
      decoded++;
      yield block;
    }
  }
  await cut({ startSec: 0, endSec: 1.4 }, counted());
  expect(decoded).toBe(2);
});

/** @yields a second at 10 Hz, and one at 20 Hz */
async function* twoRates(): AsyncGenerator<AudioBlock> {
  yield { sampleRate: 10, channels: [Float32Array.from(range(0, 10))] };
  yield { sampleRate: 20, channels: [Float32Array.from(range(100, 120))] };
}

test("a section's times hold where the rate changes", async () => {
  expect(await cut({ startSec: 0.8, endSec: 1.2 }, twoRates())).toEqual([8, 9, 100, 101, 102, 103]);
});
