/** Each example, run as its first lines say. */
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { spawn, type ChildProcess } from "node:child_process";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, expect, test } from "vitest";
import { encodeWav } from "../../src/audio/wav.ts";
import { readCorpus } from "../../src/datasets/read-corpus.ts";
import { synthesizeCorpus } from "../../src/datasets/synthetic.ts";
import { synthesizeVoice } from "../support/voice.ts";

const loader = createRequire(import.meta.url).resolve("tsx");
const sampleRate = 16_000;
const voice = synthesizeVoice(3, { sampleRate, level: 0.5 });

let folder = "";
let wav = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "undertone-examples-"));
  wav = join(folder, "voice.wav");
  await writeFile(wav, encodeWav(voice, sampleRate));
  await writeFile(join(folder, "bad.wav"), "no sound");
});
afterAll(() => rm(folder, { recursive: true, force: true }));

function start(name: string, ...words: readonly string[]): ChildProcess {
  const path = resolve(import.meta.dirname, `../../examples/${name}.ts`);
  const env = { ...process.env, UNDERTONE_OFFLINE: "1", UNDERTONE_CACHE: join(folder, "cache") };
  return spawn(process.execPath, ["--import", loader, path, ...words], { env });
}

interface Printed {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number | null;
}

async function finish(child: ChildProcess): Promise<Printed> {
  const ended = once(child, "close");
  const [stdout, stderr] = await Promise.all([text(child.stdout!), text(child.stderr!)]);
  await ended;
  return { stdout, stderr, exitCode: child.exitCode };
}

const emotion = "(neutral|calm|happy|sad|angry|fearful|disgust|surprised)";

test("file.ts prints the timeline", async () => {
  const { stdout, exitCode } = await finish(start("file", wav, "small"));
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(new RegExp(`^3 s, of which [\\d.]+ s speech\\n0 to [^\\n]+: ${emotion}`));
  const bad = await finish(start("file", join(folder, "bad.wav"), "small"));
  expect(bad).toMatchObject({ exitCode: 1, stderr: expect.stringMatching(/^audio-unsupported: /) });
});

test("without arguments an example says what it needs", async () => {
  const { stderr, exitCode } = await finish(start("file"));
  expect({ stderr, exitCode }).toEqual({ stderr: "Usage: file.ts SOUND [MODEL]\n", exitCode: 2 });
});

test("upload.ts answers uploads, also bad ones, until it is stopped", async () => {
  const child = start("upload", "0", "small");
  const finished = once(child, "close");
  const [line] = await once(child.stdout!.setEncoding("utf8"), "data");
  const send = (body: Uint8Array): Promise<Response> =>
    fetch(String(line).trim(), { method: "POST", body: new Blob([new Uint8Array(body)]) });
  const answer = await send(await readFile(wav));
  expect(await answer.json()).toMatchObject({ durationSec: 3, segments: expect.any(Array) });
  expect((await send(new TextEncoder().encode("no sound"))).status).toBe(422);
  child.kill("SIGTERM");
  await finished;
  expect(child.exitCode).toBe(0);
});

test("stream.ts reads samples from standard input", async () => {
  const child = start("stream", String(sampleRate), "small");
  const printed = finish(child);
  child.stdin!.end(encodeWav(voice, sampleRate).subarray(44));
  const { stdout, exitCode } = await printed;
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(new RegExp(`final 0 to [\\d.]+ s: ${emotion}`));
  expect(stdout).toMatch(new RegExp(`mostly (uncertain|${emotion})\\n$`));
});

test("microphone.ts says what it sounds like while it plays", async () => {
  const { stdout, exitCode } = await finish(start("microphone", wav, "small"));
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(new RegExp(`^[\\d.]+ s: ${emotion} [\\d.]+\\n`));
});

test("batch.ts prints a row a clip and names what it cannot read", async () => {
  const { stdout, stderr, exitCode } = await finish(start("batch", folder, "small"));
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(new RegExp(`^file,emotion,score\\nvoice\\.wav,${emotion},[\\d.]+\\n$`));
  expect(stderr).toContain("bad.wav");
});

test("praat.ts writes a TextGrid, with a warning where there is no transcriber", async () => {
  const { stderr, exitCode } = await finish(start("praat", wav, "small"));
  expect(exitCode).toBe(0);
  expect(stderr).toContain("No transcript");
  expect(await readFile(`${wav}.TextGrid`, "utf8")).toContain('name = "emotion"');
});

test("voice-features.ts finds the pitch that was synthesized", async () => {
  const { stdout } = await finish(start("voice-features", wav));
  const pitchHz = Number(/pitch (\d+) Hz/.exec(stdout)?.[1]);
  expect(pitchHz).toBeGreaterThan(110);
  expect(pitchHz).toBeLessThan(180);
});

test("train-csv.ts, own-model.ts and own-metric.ts train and score", async () => {
  const corpus = join(folder, "corpus");
  await synthesizeCorpus(corpus, { speakers: 6, clipsPerEmotion: 2, seed: 1 });
  const own = await finish(start("own-model", corpus, join(folder, "own")));
  expect(own.stdout).toMatch(/^UAR [01]\.\d{3}\n$/);
  const metric = await finish(start("own-metric", join(folder, "own")));
  expect(metric.stdout).toMatch(
    /^worst recall \{ value: [\d.]+(, low: [\d.]+, high: [\d.]+)? \}\n$/,
  );

  const { clips } = await readCorpus(corpus);
  const rows = clips.map((clip) => `${clip.path},${clip.emotion},${clip.speakerId}`);
  await writeFile(join(folder, "clips.csv"), `file,emotion,speaker\n${rows.join("\n")}\n`);
  const table = await finish(
    start("train-csv", join(folder, "clips.csv"), join(folder, "csv"), "1"),
  );
  expect(table.stdout).toMatch(
    new RegExp(`^UAR on unseen speakers: 0[^\\n]+\\n[^\\n]+label: '${emotion}'`),
  );
});
