import { voiceActivityOf } from "../../test/support/voice-activity.ts";
import { mkdir, mkdtemp, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, expect, test } from "vitest";
import { splitNotice } from "../audio/channels.ts";
import { encodeWav } from "../audio/wav.ts";
import { toCues } from "./subtitles.ts";
import { transcribeFile } from "./transcribe-file.node.ts";
import { TranscriptCache } from "./transcript-cache.node.ts";
import type { Transcriber, Transcript, Utterance } from "./transcript.ts";

const voiceActivity = voiceActivityOf((frame) => (Math.max(...frame) > 0.3 ? 1 : 0));

/** Answers with how many seconds it was given, and counts how often it was asked. */
class Counting implements Transcriber {
  readonly name: string;
  readonly languages = ["en", "de"];
  asked = 0;
  #failAt: number;

  constructor(name = "counting", failAt = Infinity) {
    this.name = name;
    this.#failAt = failAt;
  }

  async transcribe(samples: Float32Array): Promise<Transcript> {
    if (++this.asked === this.#failAt) throw new Error("the power went");
    const text = `heard ${(samples.length / 16_000).toFixed(1)} seconds`;
    const words = [
      { text: "heard", startSec: 0.1, endSec: 99 },
      { text: "never", startSec: 1e300, endSec: -5 },
    ];
    return { text, confidence: 0.9, words };
  }

  async close(): Promise<void> {}
}

let folder: string;
let path: string;
let cache: TranscriptCache;

const isLoud = (second: number): boolean => second === 1 || second === 4;

/** A second of a tone from second 1 and from second 4 on, of 6. */
function recording(sampleRate = 16_000): Uint8Array {
  const samples = Float32Array.from({ length: 6 * sampleRate }, (_, n) =>
    isLoud(Math.floor(n / sampleRate)) ? 0.5 * Math.cos((2 * Math.PI * 500 * n) / sampleRate) : 0,
  );
  return encodeWav(samples, sampleRate);
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "undertone-speech-"));
  path = join(folder, "recording.wav");
  await writeFile(path, recording());
  cache = new TranscriptCache(join(folder, "cache"));
});

test("utterances stand at their places in the recording, and words within their utterance", async () => {
  const transcript = await transcribeFile(path, { transcriber: new Counting(), voiceActivity });
  expect(transcript.durationSec).toBe(6);
  expect(transcript.warnings).toEqual([]);
  const [first, second] = transcript.utterances;
  expect(first!.startSec).toBeCloseTo(0.6, 1);
  expect(first!.endSec).toBeCloseTo(2.4, 1);
  expect(second!.startSec).toBeCloseTo(3.6, 1);
  expect(second!.words).toEqual([
    { text: "heard", startSec: expect.closeTo(second!.startSec + 0.1, 3), endSec: second!.endSec },
    { text: "never", startSec: second!.endSec, endSec: second!.endSec },
  ]);
});

test.skipIf(process.platform === "win32")(
  "kept transcripts are readable by the user alone, also in a folder that others could read",
  async () => {
    await mkdir(join(folder, "cache"), { mode: 0o755 });
    await transcribeFile(path, { transcriber: new Counting(), voiceActivity, cache });
    const kept = await readdir(join(folder, "cache"), { recursive: true, withFileTypes: true });
    const modes = await Promise.all(
      kept.map(async (entry) => (await stat(join(entry.parentPath, entry.name))).mode & 0o777),
    );
    expect(modes.toSorted((a, b) => a - b)).toEqual([0o600, 0o700]);
    expect((await stat(join(folder, "cache"))).mode & 0o777).toBe(0o700);
  },
);

test("of a language that is not known an utterance has no words, and of noise there is none", async () => {
  const texts = ["invented words", "[Music]"];
  const transcriber: Transcriber = {
    name: "untold",
    transcribe: async () => ({ text: texts.shift()!, confidence: 0.8, language: "und" }),
    close: async () => undefined,
  };
  const { utterances } = await transcribeFile(path, { transcriber, voiceActivity, cache });
  expect(utterances).toEqual([
    expect.objectContaining({ text: "", confidence: 0, language: "und" }),
  ]);
  const kept = await transcribeFile(path, { transcriber, voiceActivity, cache });
  expect(kept.utterances).toEqual(utterances);
});

/** Three seconds of a tone on the left, then on the right, as two who speak in turn. */
function dialogue(): Uint8Array {
  const rate = 16_000;
  const [left, right] = [0, 1].map((side) =>
    Float32Array.from({ length: 8 * rate }, (_, n) => {
      const isPause = n % (rate / 2) < rate / 10;
      const isOn = Math.floor(n / (4 * rate)) === side && n % (4 * rate) < 3 * rate;
      return isOn && !isPause ? 0.5 * Math.cos((2 * Math.PI * (500 + 90 * side) * n) / rate) : 0;
    }),
  );
  return encodeWav([left!, right!], rate);
}

test("channels with different voices are transcribed one by one, in the order of their words", async () => {
  await writeFile(path, dialogue());
  const told: Utterance[] = [];
  const options = { transcriber: new Counting(), voiceActivity, cache };
  const onUtterance = (each: Utterance): void => void told.push(each);
  const transcript = await transcribeFile(path, { ...options, onUtterance });
  expect(transcript.channels).toBe(2);
  expect(transcript.utterances.map(({ channel }) => channel)).toEqual([1, 2]);
  expect(transcript.warnings).toEqual([splitNotice]);
  expect(told).toEqual(transcript.utterances);
  expect(toCues(transcript.utterances)[1]).toMatchObject({ speaker: "speaker 2" });
  expect(await transcribeFile(path, options)).toEqual(transcript);
  const mixed = await transcribeFile(path, { ...options, channels: "mix" });
  expect(mixed.channels).toBeUndefined();
  expect(mixed.utterances.every(({ channel }) => channel === undefined)).toBe(true);
});

test("any sample rate is transcribed the same", async () => {
  await writeFile(path, recording(44_100));
  const { utterances } = await transcribeFile(path, { transcriber: new Counting(), voiceActivity });
  expect(utterances).toHaveLength(2);
});

test("the same sound is transcribed once, whatever its name", async () => {
  const provider = new Counting();
  const told: Utterance[] = [];
  const options = { transcriber: provider, voiceActivity, cache };
  const first = await transcribeFile(path, options);
  const copy = join(folder, "copy.wav");
  await writeFile(copy, recording());
  const again = await transcribeFile(copy, { ...options, onUtterance: (each) => told.push(each) });
  expect(again).toEqual(first);
  expect(told).toEqual(first.utterances);
  expect(provider.asked).toBe(2);
});

test("another provider, another language and other sound are transcribed anew", async () => {
  const provider = new Counting();
  const other = new Counting("other");
  await transcribeFile(path, { transcriber: provider, voiceActivity, cache });
  await transcribeFile(path, { transcriber: other, voiceActivity, cache });
  await transcribeFile(path, { transcriber: provider, voiceActivity, cache, language: "de" });
  await writeFile(path, recording(22_050));
  await transcribeFile(path, { transcriber: provider, voiceActivity, cache });
  expect([provider.asked, other.asked]).toEqual([6, 2]);
});

test("what was interrupted leaves nothing behind and is transcribed anew", async () => {
  const options = { voiceActivity, cache };
  const failing = new Counting("counting", 2);
  await expect(transcribeFile(path, { ...options, transcriber: failing })).rejects.toThrow("power");
  expect(await readdir(folder)).toEqual(["recording.wav"]);
  const provider = new Counting();
  expect(
    (await transcribeFile(path, { ...options, transcriber: provider })).utterances,
  ).toHaveLength(2);
});

test.each(["", "{", '{"durationSec": 6}', "null"])(
  "a damaged cache file (%j) is made anew",
  async (damage) => {
    const provider = new Counting();
    const first = await transcribeFile(path, { transcriber: provider, voiceActivity, cache });
    const [inside] = await readdir(join(folder, "cache"));
    const [name] = await readdir(join(folder, "cache", inside!));
    const file = join(folder, "cache", inside!, name!);
    const whole = await readFile(file, "utf8");
    await writeFile(file, damage);
    expect(await transcribeFile(path, { transcriber: provider, voiceActivity, cache })).toEqual(
      first,
    );
    expect(await readFile(file, "utf8")).toBe(whole);
  },
);

test("two at once do not disturb each other", async () => {
  const provider = new Counting();
  const both = await Promise.all(
    [1, 2].map(() => transcribeFile(path, { transcriber: provider, voiceActivity, cache })),
  );
  expect(both[0]).toEqual(both[1]);
});

test("silence, and a file cut short, have what they have", async () => {
  const silence = join(folder, "silence.wav");
  await writeFile(silence, encodeWav(new Float32Array(32_000), 16_000));
  const provider = new Counting();
  expect(await transcribeFile(silence, { transcriber: provider, voiceActivity })).toEqual({
    durationSec: 2,
    utterances: [],
    warnings: [],
  });
  await writeFile(path, recording().subarray(0, 80_000));
  const short = await transcribeFile(path, { transcriber: provider, voiceActivity });
  expect(short.utterances).toHaveLength(1);
  expect(short.warnings).toHaveLength(1);
});

test("a language that the provider does not know is refused, and cancelling cancels", async () => {
  const provider = new Counting();
  await expect(
    transcribeFile(path, { transcriber: provider, voiceActivity, cache, language: "fi" }),
  ).rejects.toMatchObject({ code: "usage" });
  const signal = AbortSignal.abort();
  await expect(
    transcribeFile(path, { transcriber: provider, voiceActivity, cache, signal }),
  ).rejects.toMatchObject({ code: "cancelled" });
  await expect(
    transcribeFile(join(folder, "none.wav"), { transcriber: provider, voiceActivity, cache }),
  ).rejects.toMatchObject({ code: "file-not-found" });
  expect(provider.asked).toBe(0);
});

test("where nothing can be kept, a transcript comes with a warning", async () => {
  const full = new TranscriptCache(join(path, "below-a-file"));
  const provider = new Counting();
  const transcript = await transcribeFile(path, {
    transcriber: provider,
    voiceActivity,
    cache: full,
  });
  expect(transcript.utterances).toHaveLength(2);
  expect(transcript.warnings).toEqual([expect.stringMatching(/^The transcript is not kept\. .+/)]);
});
