import { once } from "node:events";
import {
  appendFile,
  copyFile,
  mkdir,
  mkdtemp,
  readFile,
  rm,
  stat,
  symlink,
  writeFile,
} from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { beforeAll, expect, test } from "vitest";
import { encodeWav } from "../../src/audio/wav.ts";
import { exitCodes } from "../../src/cli/exit-codes.ts";
import { finish, peakMemoryMb, startUndertone, undertone } from "../support/command-line.ts";
import { loudnessModelFile } from "../support/loudness-model.ts";
import { inSequence, synthesizeVoice } from "../support/voice.ts";

let root = "";
let voiceOnly: readonly string[] = [];

const voice = (seconds: number, level: number, sampleRate = 16_000): Float32Array =>
  synthesizeVoice(seconds, { sampleRate, level });
const loud = encodeWav(inSequence(voice(3, 0.9), new Float32Array(16_000)), 16_000);
const quiet = encodeWav(voice(3, 0.02), 16_000);

/** A copy of a WAV file's bytes whose data chunk claims another length. */
function claiming(bytes: Uint8Array, dataLength: number): Uint8Array {
  const changed = bytes.slice();
  new DataView(changed.buffer).setUint32(40, dataLength, true);
  return changed;
}

async function newFolder(files: Readonly<Record<string, Uint8Array | string>>): Promise<string> {
  const folder = await mkdtemp(join(root, "folder-"));
  for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content);
  return folder;
}

interface Result {
  readonly file: string;
  readonly settings: { readonly speakerId: string | null };
  readonly summary?: {
    readonly dominantEmotion: string | null;
    readonly confidence: number | null;
  };
}

const resultLines = async (path: string): Promise<Result[]> =>
  (await readFile(path, "utf8"))
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "undertone-analyze-"));
  const model = join(root, "model.onnx");
  await writeFile(model, loudnessModelFile());
  voiceOnly = ["--no-transcript", "--model", model];
});

const withNotNumbers = voice(3, 0.9).fill(Number.NaN, 20_000, 20_100);

/** Every odd file, and what must come of it: an error's code, or an emotion. */
const oddFiles: Readonly<
  Record<string, { content: Uint8Array | string; expected: string | null }>
> = {
  "text.wav": { content: "This is no sound.\n".repeat(50), expected: "audio-unsupported" },
  "empty.wav": { content: "", expected: "audio-empty" },
  "header-only.wav": { content: loud.slice(0, 20), expected: "audio-corrupt" },
  "zero-samples.wav": { content: encodeWav(new Float32Array(0), 16_000), expected: "audio-empty" },
  "truncated.wav": { content: loud.slice(0, 80_000), expected: "angry" },
  "claims-4-gb.wav": { content: claiming(loud, 0xff_ff_ff_f0), expected: "angry" },
  "nan.wav": { content: encodeWav(withNotNumbers, 16_000, "float32"), expected: "angry" },
  "one-sample.wav": { content: encodeWav(Float32Array.of(0.5), 16_000), expected: null },
  "silence.wav": { content: encodeWav(new Float32Array(32_000), 16_000), expected: null },
  "96-khz.wav": { content: encodeWav(voice(3, 0.9, 96_000), 96_000), expected: "angry" },
  "8-channels.wav": {
    content: encodeWav(
      Array.from({ length: 8 }, () => voice(3, 0.9)),
      16_000,
    ),
    expected: "angry",
  },
};

test("a batch gives every odd file its error, warning or answer and does the rest", async () => {
  const contents = Object.entries(oddFiles).map(([name, { content }]) => [name, content] as const);
  const folder = await newFolder({ ...Object.fromEntries(contents), "zz-good.wav": quiet });
  await symlink(join(folder, "gone"), join(folder, "unreadable.wav"));
  await symlink(folder, join(folder, "loop"));
  const { exitCode, stdout, stderr } = await undertone("analyze", folder, ...voiceOnly, "--json");
  expect(exitCode).toBe(exitCodes["some-failed"]);
  const { files } = JSON.parse(stdout);
  const outcomes = files.map(({ file, error, summary }: Record<string, never>) => [
    String(file).slice(folder.length + 1),
    error?.["code"] ?? summary?.["dominantEmotion"],
  ]);
  const expected = Object.entries(oddFiles).map(([name, odd]) => [name, odd.expected]);
  expect(outcomes).toEqual(
    [...expected, ["unreadable.wav", "file-not-found"], ["zz-good.wav", "sad"]].toSorted(
      ([a], [b]) => (a! < b! ? -1 : 1),
    ),
  );
  const warned = files.filter(({ warnings = [] }) => warnings.length > 0);
  expect(warned.map(({ file }: { file: string }) => file.slice(folder.length + 1))).toEqual([
    "nan.wav",
    "truncated.wav",
  ]);
  expect(files.filter((file: { incomplete?: unknown }) => file.incomplete)).toMatchObject([
    { file: expect.stringContaining("truncated.wav"), incomplete: { expectedSec: 4 } },
  ]);
  expect(stderr).toContain("text.wav: ");
  expect(stderr).toContain("5 of 13 files could not be analyzed.");
});

test("a file that is cut short is analyzed, and ends with its own exit code", async () => {
  const folder = await newFolder({
    "cut.wav": oddFiles["truncated.wav"]!.content,
    "notes.txt": "",
  });
  const { exitCode, stdout, stderr } = await undertone("analyze", folder, ...voiceOnly);
  expect(exitCode).toBe(exitCodes["audio-incomplete"]);
  expect(stdout).toContain("(incomplete)");
  expect(stderr).toContain("Not looked at, by ending: 1 .txt.");
});

test.each(["text.wav", "empty.wav", "header-only.wav", "zero-samples.wav"])(
  "%s alone ends with the exit code of its error",
  async (name) => {
    const folder = await newFolder({ [name]: oddFiles[name]!.content });
    const { exitCode, stderr } = await undertone("analyze", join(folder, name), ...voiceOnly);
    expect(exitCode).toBe(
      Object.entries(exitCodes).find(([code]) => code === oddFiles[name]!.expected)?.[1],
    );
    expect(stderr).toMatch(/^undertone: .*\.wav: .+\n$/);
  },
);

test.skipIf(process.getuid?.() === 0)("a file without permission is unreadable", async () => {
  const folder = await newFolder({});
  await writeFile(join(folder, "secret.wav"), loud, { mode: 0o000 });
  const { exitCode } = await undertone("analyze", join(folder, "secret.wav"), ...voiceOnly);
  expect(exitCode).toBe(exitCodes["file-unreadable"]);
});

test("a folder without sound, a missing file and a missing model say so", async () => {
  const folder = await newFolder({ "notes.txt": "nothing to hear" });
  const silent = await undertone("analyze", folder, ...voiceOnly);
  expect(silent.exitCode).toBe(exitCodes["file-not-found"]);
  expect(silent.stderr).toContain("holds no sound files");
  const missing = await undertone("analyze", join(folder, "no.wav"), ...voiceOnly);
  expect(missing.exitCode).toBe(exitCodes["file-not-found"]);
  const noModel = await undertone(
    "analyze",
    folder,
    ...voiceOnly,
    "--model",
    join(folder, "no.onnx"),
  );
  expect(noModel.exitCode).toBe(exitCodes["file-not-found"]);
  const badModel = await undertone(
    "analyze",
    join(folder, "notes.txt"),
    ...voiceOnly,
    "--model",
    join(folder, "notes.txt"),
  );
  expect(badModel.exitCode).toBe(exitCodes["model-invalid"]);
});

test("every format prints the same answer", async () => {
  const folder = await newFolder({ "loud.wav": loud });
  const file = join(folder, "loud.wav");
  const print = async (format: string): Promise<string> =>
    (await undertone("analyze", file, ...voiceOnly, "--format", format)).stdout;
  const [json, jsonl, csv, text] = await Promise.all(["json", "jsonl", "csv", "text"].map(print));
  const [result] = JSON.parse(json!).files;
  expect(JSON.parse(jsonl!)).toEqual(result);
  expect(Object.keys(result)).toEqual([
    "file",
    "sizeBytes",
    "modifiedMs",
    "settings",
    "durationSec",
    "transcriber",
    "reference",
    "summary",
    "segments",
    "speakers",
    "language",
    "warnings",
    "incomplete",
  ]);
  const speech = result.segments.find(
    ({ emotion }: { emotion: string | null }) => emotion !== null,
  );
  const rows = csv!.trimEnd().split("\n");
  expect(rows[0]).toBe(
    "file,startSec,endSec,channel,speaker,emotion,confidence,error,p_sad,p_angry,text,voice,voiceConfidence,words,wordsConfidence,transcriptConfidence,disagree,intensity,negative,positive,oodScore,abstained",
  );
  expect(rows).toContain(
    `${file},${speech.startSec},${speech.endSec},,,angry,${speech.confidence},,${speech.probabilities.sad},${speech.confidence},,angry,${speech.voice.confidence},,,,false,,1,0,,`,
  );
  expect(text).toMatch(/loud\.wav +0:04\.0 +0:0[23]\.\d +angry +\d+ %/);
  expect(text).toContain("no speech");
});

test("below --min-confidence one file and each of many are unsure, and other limits do not go on with them", async () => {
  const folder = await newFolder({ "loud.wav": loud, "quiet.wav": quiet });
  const words = ["analyze", folder, ...voiceOnly, "--out", join(folder, "results.jsonl")];
  const one = await undertone("analyze", join(folder, "loud.wav"), ...voiceOnly, "--json");
  const [{ summary }] = JSON.parse(one.stdout).files;
  expect(summary.confidence).toBeGreaterThan(0.5);
  const limit = ["--min-confidence", "1"];
  const strict = await undertone("analyze", join(folder, "loud.wav"), ...voiceOnly, ...limit);
  expect(strict.stdout).toMatch(/unsure +angry \d+ %/);
  expect((await undertone(...words, ...limit)).exitCode).toBe(0);
  const lines = await resultLines(join(folder, "results.jsonl"));
  expect(lines).toHaveLength(2);
  expect((await stat(join(folder, "results.jsonl"))).mode & 0o077).toBe(0); // the user's alone
  for (const line of lines)
    expect(line).toMatchObject({
      settings: { minConfidence: 1 },
      summary: { dominantEmotion: null, coverage: 0 },
    });
  const other = await undertone(...words, "--resume");
  expect(other.exitCode).toBe(exitCodes.usage);
  expect(other.stderr).toContain("--min-confidence 1");
  expect((await undertone(...words, ...limit, "--resume")).exitCode).toBe(0);
});

test.each(["1.5", "-1", "half", ""])("--min-confidence=%s is refused", async (limit) => {
  const { exitCode, stderr } = await undertone("analyze", root, `--min-confidence=${limit}`);
  expect(exitCode).toBe(exitCodes.usage);
  expect(stderr).toContain("--min-confidence");
});

test("every sound format gives the same answer, whatever the file is called", async () => {
  const wav = encodeWav(inSequence(new Float32Array(16_000), voice(2, 0.5)), 16_000);
  const folder = await newFolder({ "0-wav.wav": wav });
  const formats = ["aac", "flac", "m4a", "mp3", "ogg", "opus", "webm"];
  for (const format of formats) {
    const fixture = resolve(import.meta.dirname, `../fixtures/recognition/voice.${format}`);
    await copyFile(fixture, join(folder, `${format}.wav`));
  }
  const { exitCode, stdout } = await undertone("analyze", folder, ...voiceOnly, "--json");
  expect(exitCode).toBe(0);
  const [original, ...others] = JSON.parse(stdout).files;
  expect(original.segments).toMatchObject([{ emotion: null }, { emotion: "angry" }]);
  expect(others).toHaveLength(formats.length);
  for (const { segments, warnings } of others) {
    expect(warnings).toEqual([]);
    expect(segments).toMatchObject([{ emotion: null }, { emotion: "angry" }]);
    expect(Math.abs(segments[1].startSec - original.segments[1].startSec)).toBeLessThan(0.1);
    expect(Math.abs(segments[1].endSec - original.segments[1].endSec)).toBeLessThan(0.1);
    expect(Math.abs(segments[1].confidence - original.segments[1].confidence)).toBeLessThan(0.05);
  }
});

test("twenty minutes of speech take no more memory than two", { timeout: 600_000 }, async () => {
  const minute = encodeWav(voice(60, 0.9), 16_000);
  const recording = async (minutes: number): Promise<string> => {
    const path = join(root, `${minutes}-minutes.wav`);
    await writeFile(path, claiming(minute, (minute.length - 44) * minutes));
    for (let i = 1; i < minutes; i++) await appendFile(path, minute.subarray(44));
    return path;
  };
  // What is garbage waits longer on a busy machine: the lesser of two runs is nearer to what is held.
  const peakMb = async (minutes: number): Promise<number> => {
    const words = ["analyze", await recording(minutes), ...voiceOnly, "--json"];
    return Math.min(await peakMemoryMb(...words), await peakMemoryMb(...words));
  };
  const short = await peakMb(2);
  const long = await peakMb(20);
  expect(short).toBeGreaterThan(50);
  // Its samples alone are 77 MB.
  expect(long - short).toBeLessThan(40);
  expect(long).toBeLessThan(350);
});

test("killed at any moment, a batch resumes where it stopped", async () => {
  const names = Array.from({ length: 12 }, (_, i) => `clip-${String(i).padStart(2, "0")}.wav`);
  const folder = await newFolder(Object.fromEntries(names.map((name) => [name, loud])));
  await writeFile(join(folder, "bad.wav"), "no sound");
  const out = join(folder, "results.jsonl");
  const words = ["analyze", folder, ...voiceOnly, "--out", out, "--jobs", "1"];
  const child = startUndertone(...words);
  const ended = once(child, "exit");
  while (!((await stat(out).catch(() => undefined))?.size ?? 0)) await delay(5);
  child.kill("SIGKILL");
  await ended;
  const before = await resultLines(out);
  expect(before.length).toBeLessThan(13);
  await appendFile(out, '{"file":"/torn/by/the/ki');

  const refused = await undertone(...words);
  expect(refused.exitCode).toBe(exitCodes.usage);
  expect(refused.stderr).toContain("Add --resume");
  await writeFile(join(folder, names[0]!), quiet);
  const resumed = await undertone(...words, "--resume");
  expect(resumed.exitCode).toBe(exitCodes["some-failed"]);
  const after = await resultLines(out);
  expect(after.map(({ file }) => file.slice(folder.length + 1)).toSorted()).toEqual(
    ["bad.wav", ...names].toSorted(),
  );
  const changed = after.find(({ file }) => file.endsWith(names[0]!));
  expect(changed?.summary?.dominantEmotion).toBe("sad");
});

test.each(["jsonl", "csv"])(
  "two processes do not write one .%s file of results",
  async (format) => {
    const folder = await newFolder({ "loud.wav": loud });
    const out = join(folder, `new/results.${format}`);
    await mkdir(dirname(out));
    await writeFile(`${out}.lock`, JSON.stringify({ pid: process.pid, host: hostname() }));
    const words = ["analyze", folder, ...voiceOnly, "--out", out];
    expect((await undertone(...words)).exitCode).toBe(exitCodes.busy);
    await rm(dirname(out), { recursive: true });
    expect((await undertone(...words)).exitCode).toBe(0);
    await expect(stat(`${out}.lock`)).rejects.toThrow("ENOENT");
  },
);

test("a file that is not results stays as it is", async () => {
  const folder = await newFolder({ "loud.wav": loud });
  const out = join(folder, "results.jsonl");
  const words = ["analyze", folder, ...voiceOnly, "--out", out];
  await writeFile(out, "a diary, not results\n");
  const diary = await undertone(...words, "--resume");
  expect(diary).toMatchObject({ exitCode: exitCodes.usage });
  expect(await readFile(out, "utf8")).toBe("a diary, not results\n");
});

/** Ids of a process's children that run the worker's program. */
async function workersOf(pid: number): Promise<number[]> {
  const children = await readFile(`/proc/${pid}/task/${pid}/children`, "utf8");
  const ids = children.trim().split(" ").filter(Boolean).map(Number);
  const lines = await Promise.all(
    ids.map((id) => readFile(`/proc/${id}/cmdline`, "utf8").catch(() => "")),
  );
  return ids.filter((_, i) => lines[i]!.includes("batch-worker"));
}

test.skipIf(process.platform !== "linux")("a crash costs one file", async () => {
  const names = Array.from({ length: 200 }, (_, i) => `${i}.wav`);
  const folder = await newFolder(Object.fromEntries(names.map((name) => [name, loud])));
  const out = join(folder, "results.jsonl");
  const child = startUndertone("analyze", folder, ...voiceOnly, "--out", out, "--jobs", "1");
  const finished = finish(child);
  while (!((await stat(out).catch(() => undefined))?.size ?? 0)) await delay(5);
  const [worker] = await workersOf(child.pid!);
  process.kill(worker!, "SIGKILL");
  const { exitCode, stderr } = await finished;
  expect(exitCode).toBe(exitCodes["some-failed"]);
  expect(stderr).toContain("analyzing it ended its process (SIGKILL)");
  const results = await resultLines(out);
  expect(results).toHaveLength(200);
  expect(results.filter(({ summary }) => summary?.dominantEmotion === "angry")).toHaveLength(199);
});

test("Ctrl-C ends with 130 and leaves whole lines", async () => {
  const names = Array.from({ length: 200 }, (_, i) => `${i}.wav`);
  const folder = await newFolder(Object.fromEntries(names.map((name) => [name, loud])));
  const out = join(folder, "results.jsonl");
  const child = startUndertone("analyze", folder, ...voiceOnly, "--out", out);
  const finished = finish(child);
  while (!((await stat(out).catch(() => undefined))?.size ?? 0)) await delay(5);
  child.kill("SIGINT");
  const { stdout, stderr, exitCode } = await finished;
  expect({ stdout, exitCode }).toEqual({ stdout: "", exitCode: exitCodes.cancelled });
  expect(stderr).toContain("The same command with --resume continues");
  expect((await resultLines(out)).length).toBeLessThan(200);
  await expect(stat(`${out}.lock`)).rejects.toThrow("ENOENT");
});

test("an interrupted CSV file continues with what was kept beside it", async () => {
  const names = Array.from({ length: 12 }, (_, i) => `${String(i).padStart(2, "0")}.wav`);
  const folder = await newFolder(Object.fromEntries(names.map((name) => [name, loud])));
  const out = join(folder, "results.csv");
  const kept = `${out}.partial.jsonl`;
  const words = ["analyze", folder, ...voiceOnly, "--out", out, "--jobs", "1"];
  const child = startUndertone(...words);
  const finished = finish(child);
  while (!((await stat(kept).catch(() => undefined))?.size ?? 0)) await delay(5);
  child.kill("SIGINT");
  expect((await finished).exitCode).toBe(exitCodes.cancelled);
  await expect(stat(out)).rejects.toThrow("ENOENT");
  const resumed = await undertone(...words, "--resume");
  expect(resumed.stderr).toMatch(/\d+ of 12 files were done before/);
  const [, ...rows] = (await readFile(out, "utf8")).trimEnd().split("\n");
  const files = rows.map((row) => row.slice(folder.length + 1, row.indexOf(",")));
  expect([...new Set(files)]).toEqual(names);
  await expect(stat(kept)).rejects.toThrow("ENOENT");
});

test("a reader that leaves early ends it quietly", async () => {
  const names = Array.from({ length: 20 }, (_, i) => `${i}.wav`);
  const folder = await newFolder(Object.fromEntries(names.map((name) => [name, loud])));
  const child = startUndertone("analyze", folder, ...voiceOnly, "--format", "jsonl");
  child.stdout!.once("data", () => child.stdout!.destroy());
  let stderr = "";
  child.stderr!.on("data", (text) => (stderr += text));
  await once(child, "close");
  expect(child.exitCode).toBe(0);
  expect(stderr).not.toMatch(/EPIPE|error/i);
});
