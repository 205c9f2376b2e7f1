import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { bombs, flacBomb } from "../../test/torture/inputs/bombs.ts";
import { decodeAudio } from "./decode.ts";
import { readMono } from "./read-mono.ts";
import { bytesSource } from "./source.ts";

const voice = (ending: string): Uint8Array =>
  new Uint8Array(
    readFileSync(new URL(`../../test/fixtures/recognition/voice.${ending}`, import.meta.url)),
  );

async function read(bytes: Uint8Array, options: { signal?: AbortSignal; maxDurationSec?: number }) {
  const reading = readMono(bytesSource(bytes), { sampleRate: 16_000, ...options });
  let length = 0;
  for await (const block of reading) length += block.length;
  return { durationSec: length / 16_000, warnings: reading.warnings };
}

test.each([
  ["MP4, Apple Lossless", "audio-corrupt"],
  ["MP4, silence without end", "audio-too-large"],
  ["MP4, frames of a byte", "audio-corrupt"],
  ["MOV, 65 535 channels", "audio-unsupported"],
  ["Matroska, tracks", "audio-unsupported"],
  ["WAV, 65 535 channels", "audio-unsupported"],
  ["CAF, 4 billion channels", "audio-unsupported"],
])("%s: %s", async (name, code) => {
  await expect(read(bombs[name]!(0.01), {})).rejects.toMatchObject({ code });
});

test("a recording that is longer than asked for is refused", async () => {
  await expect(read(flacBomb(4), { maxDurationSec: 3 })).rejects.toMatchObject({
    code: "audio-too-large",
  });
});

test("decoding bytes in memory can be cancelled in the middle", async () => {
  const stop = new AbortController();
  // Comes to its turn only if the decoder lets it.
  setImmediate(() => stop.abort());
  const { signal } = stop;
  await expect(read(flacBomb(60), { signal })).rejects.toMatchObject({ code: "cancelled" });
});

test.each(["mp3", "aac", "ogg", "flac", "webm"])(
  "%s: a file that becomes shorter while it is read is told, at once",
  async (ending) => {
    const source = { ...bytesSource(voice(ending)), size: 2 ** 40 };
    const blocks = readMono(source, { sampleRate: 16_000 })[Symbol.asyncIterator]();
    await expect(blocks.next()).rejects.toMatchObject({ code: "audio-corrupt" });
  },
);

test("many channels are mixed as they are decoded", async () => {
  const { durationSec } = await read(bombs["Opus, 255 channels"]!(0.1), {});
  expect(durationSec).toBeCloseTo(7.2, 1);
});

describe("sound that is lost at the end is told", () => {
  test.each(["aac", "mp3", "webm", "ogg", "opus", "flac"])("%s, zeros", async (ending) => {
    const bytes = voice(ending);
    const { warnings } = await decodeAudio(bytes.fill(0, Math.round(0.7 * bytes.length)));
    expect(warnings).not.toEqual([]);
  });

  test.each(["aac", "mp3", "webm", "ogg", "opus", "flac"])("%s, cut off", async (ending) => {
    const bytes = voice(ending);
    // In the middle of a packet, of which each is longer.
    const { warnings } = await decodeAudio(bytes.slice(0, Math.round(0.7 * bytes.length) + 3));
    expect(warnings).not.toEqual([]);
  });
});
