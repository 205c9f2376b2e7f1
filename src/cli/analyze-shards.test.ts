import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { loudnessModelFile } from "../../test/support/loudness-model.ts";
import { readParquet } from "../../test/support/read-parquet.ts";
import { synthesizeVoice } from "../../test/support/voice.ts";
import { encodeWav } from "../audio/wav.ts";
import { UndertoneError } from "../shared/errors.ts";
import { analyzeCommand } from "./analyze.ts";

let root = "";
let manifest = "";

const voice = (level: number): Float32Array => synthesizeVoice(2, { sampleRate: 16_000, level });

/** Analyzes as the command line does; what fails is the failure of files. */
async function analyze(out: string, ...given: readonly string[]): Promise<string> {
  const path = join(root, out);
  const common = ["--model", join(root, "model.onnx"), "--no-transcript", "--jobs", "1"];
  const words = ["--manifest", manifest, "--out", path, ...common, ...given];
  await analyzeCommand.parseAsync(words, { from: "user" }).catch((error: unknown) => {
    if (!(error instanceof UndertoneError)) throw error;
  });
  return path;
}

beforeAll(async () => {
  vi.spyOn(console, "log").mockReturnValue();
  vi.spyOn(process.stderr, "write").mockReturnValue(true);
  // Worker processes run from the sources.
  vi.stubEnv("NODE_OPTIONS", `--import ${import.meta.resolve("tsx")}`);
  root = await mkdtemp(join(tmpdir(), "undertone-shards-"));
  await writeFile(join(root, "model.onnx"), loudnessModelFile());
  const both = new Float32Array(64_000);
  both.set(voice(0.9));
  both.set(voice(0.02), 32_000);
  await writeFile(join(root, "both.wav"), encodeWav(both, 16_000));
  await writeFile(join(root, "loud.wav"), encodeWav(voice(0.9), 16_000));
  manifest = join(root, "manifest.jsonl");
  const entries = [
    { audio_filepath: "loud.wav", duration: 2, text: "" },
    { audio_filepath: "both.wav", offset: 2, duration: 2 },
    { audio_filepath: "gone.wav" },
  ];
  await writeFile(manifest, entries.map((entry) => `${JSON.stringify(entry)}\n`).join(""));
});

afterAll(async () => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  await rm(root, { recursive: true });
});

test("shards hold together what one run holds, also failures and nothing", async () => {
  const whole = await readParquet(await analyze("whole.parquet"));
  const shards: (typeof whole)[] = [];
  for (const n of [1, 2, 3, 4]) {
    shards.push(await readParquet(await analyze(`${n}.parquet`, "--shard", `${n}/4`)));
  }
  expect(shards.flat()).toEqual(whole);
  expect(shards[3]).toEqual([]);
  const spoken = whole.filter(({ emotion }) => emotion !== null);
  expect(spoken.map(({ file, emotion }) => [file, emotion])).toEqual([
    [join(root, "loud.wav"), "angry"],
    [`${join(root, "both.wav")}#t=2,4`, "sad"],
  ]);
  expect(whole.at(-1)).toMatchObject({
    file: join(root, "gone.wav"),
    startSec: null,
    error: expect.stringContaining("gone.wav"),
  });
  expect(spoken[0]).toMatchObject({
    startSec: expect.any(Number),
    p_angry: expect.any(Number),
    p_sad: expect.any(Number),
    disagree: false,
    channel: null,
  });
});

test("a shard as JSON Lines resumes", async () => {
  const path = await analyze("2.jsonl", "--shard", "2/3");
  const before = await readFile(path, "utf8");
  expect(JSON.parse(before)).toMatchObject({ section: { startSec: 2, endSec: 4 }, durationSec: 2 });
  await analyze("2.jsonl", "--shard", "2/3", "--resume");
  expect(await readFile(path, "utf8")).toBe(before);
});

test.each([
  [["--shard", "0/3"]],
  [["--shard", "4/3"]],
  [["--shard", "x"]],
  [["loud.wav"]],
  [["--rttm", "x.rttm"]],
])("a manifest with %j is refused", async (given) => {
  const words = ["--manifest", manifest, ...given];
  await expect(analyzeCommand.parseAsync(words, { from: "user" })).rejects.toMatchObject({
    code: "usage",
  });
});

test.each(["{", '{"path":"a.wav"}', '{"audio_filepath":"a.wav","offset":-1}', ""])(
  "a manifest of %j is refused",
  async (line) => {
    const path = join(root, "bad.jsonl");
    await writeFile(path, `${line}\n`);
    const words = ["--manifest", path];
    await expect(analyzeCommand.parseAsync(words, { from: "user" })).rejects.toMatchObject({
      code: "usage",
    });
  },
);
