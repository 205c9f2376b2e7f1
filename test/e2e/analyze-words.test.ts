/** Both channels from the command line; what needs a published model runs where it is on this machine. */
import { cp, mkdir, mkdtemp, readdir, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { encodeWav } from "../../src/audio/wav.ts";
import { exitCodes } from "../../src/cli/exit-codes.ts";
import { modelFiles } from "../../src/downloads/model-files.ts";
import { undertone } from "../support/command-line.ts";
import { loudnessModelFile } from "../support/loudness-model.ts";
import { inSequence, synthesizeVoice } from "../support/voice.ts";
import { WebServers, type Handler } from "../support/web-server.ts";
import { wordModelFile } from "../support/word-model.ts";

const here = async <T>(files: Promise<T>): Promise<T | undefined> => files.catch(() => undefined);
const silero = await here(modelFiles("silero-vad", { offline: true }));
const moonshine = await here(modelFiles("moonshine-tiny", { offline: true }));

const voice = (seconds: number): Float32Array =>
  synthesizeVoice(seconds, { sampleRate: 16_000, level: 0.9 });
const pause = new Float32Array(32_000);
const twoUtterances = encodeWav(inSequence(pause, voice(2), pause, voice(3), pause), 16_000);

let root = "";
let models: readonly string[] = [];
let folder = "";
const servers = new WebServers();

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "undertone-words-"));
  const [audioModel, textModel] = [join(root, "audio.onnx"), join(root, "text.onnx")];
  await writeFile(audioModel, loudnessModelFile());
  await writeFile(textModel, wordModelFile());
  models = ["--model", audioModel, "--text-model", textModel];
});

beforeEach(async () => {
  folder = await mkdtemp(join(root, "calls-"));
  vi.stubEnv("UNDERTONE_CACHE", await mkdtemp(join(root, "cache-")));
  for (const name of ["UNDERTONE_MODELS", "OPENAI_BASE_URL", "OPENAI_API_KEY"]) {
    vi.stubEnv(name, undefined);
  }
});

afterEach(() => {
  vi.unstubAllEnvs();
  servers.close();
});

const record = async (name: string, wav = twoUtterances): Promise<string> => {
  const path = join(folder, name);
  await writeFile(path, wav);
  return path;
};

test("without speech-to-text at hand the voice alone counts, and every result says so", async () => {
  const file = await record("one.wav");
  const one = await undertone("analyze", file, ...models, "--offline", "--json");
  expect(one.exitCode).toBe(0);
  const [result] = JSON.parse(one.stdout).files;
  expect(result).toMatchObject({ transcriber: null, summary: { dominantEmotion: "angry" } });
  expect(result.warnings).toEqual([
    expect.stringMatching(/^No transcript, only the voice counts.*undertone models pull/),
  ]);
  await record("two.wav");
  const both = await undertone("analyze", folder, ...models, "--offline", "--json");
  expect(both.exitCode).toBe(0);
  const { files } = JSON.parse(both.stdout);
  expect(files.map(({ warnings }: { warnings: string[] }) => warnings)).toEqual([
    result.warnings,
    result.warnings,
  ]);
  expect(both.stderr.match(/No transcript, only/g)).toHaveLength(1);
});

test("a speech-to-text that was asked for and cannot be had is an error", async () => {
  const words = ["analyze", await record("one.wav"), ...models, "--offline"];
  const offline = await undertone(...words, "--transcriber", "moonshine-tiny");
  expect(offline).toMatchObject({ exitCode: exitCodes["file-not-found"], stdout: "" });
  expect(offline.stderr).toContain("models pull");
  const service = ["--transcriber", "service:any"];
  expect((await undertone(...words, ...service)).exitCode).toBe(exitCodes.usage);
  const noKey = await undertone(...words.slice(0, -1), ...service);
  expect(noKey.exitCode).toBe(exitCodes["credentials-missing"]);
  const misspelt = await undertone(...words, "--transcriber", "moonshin");
  expect(misspelt.exitCode).toBe(exitCodes.usage);
});

test("half a downloaded model is not used", async () => {
  const file = await record("one.wav");
  const store = join(process.env["UNDERTONE_CACHE"]!, "models/silero-vad");
  await mkdir(store, { recursive: true });
  await writeFile(join(store, "silero_vad_v5.onnx"), "half");
  const half = await undertone("analyze", file, ...models, "--offline", "--json");
  expect(half.exitCode).toBe(0);
  expect(JSON.parse(half.stdout).files[0].warnings).toHaveLength(1);
});

test.each([
  [["--no-transcript", "--transcriber", "service"], "--transcriber has no effect"],
  [["--format", "srt"], "holds one recording, not 2"],
])("%j contradicts itself", async (options, message) => {
  await record("one.wav");
  await record("two.wav");
  const { exitCode, stderr } = await undertone("analyze", folder, ...models, ...options);
  expect(exitCode).toBe(exitCodes.usage);
  expect(stderr).toContain(message);
});

const analyze = (...words: readonly string[]): ReturnType<typeof undertone> =>
  undertone("analyze", ...models, "--transcriber", "service", ...words);
const saying =
  (...texts: readonly string[]): Handler =>
  (_, response, count) =>
    response.end(JSON.stringify({ text: texts[count % texts.length], language: "english" }));
/** Gives the number of requests so far. */
async function serve(handler: Handler): Promise<() => number> {
  const { url, requests } = await servers.serve(handler);
  vi.stubEnv("OPENAI_BASE_URL", url);
  return () => requests.length;
}
const textsOf = (result: { segments: { text: string; emotion: string }[] }): string[] =>
  result.segments.filter(({ emotion }) => emotion !== null).map(({ text }) => text);

describe.skipIf(silero === undefined)("with a service that writes words", () => {
  beforeEach(async () => {
    const store = join(process.env["UNDERTONE_CACHE"]!, "models/silero-vad");
    await cp(silero!.folder, store, { recursive: true });
  });

  test("every format has both channels, and transcripts are kept", async () => {
    const asked = await serve(saying("I am glad, so glad, glad", "I am sorry"));
    const file = await record("one.wav");
    const json = await analyze(file, "--json");
    expect(json).toMatchObject({ exitCode: 0, stderr: "" });
    const [{ segments, ...result }] = JSON.parse(json.stdout).files;
    expect(result).toMatchObject({ settings: { transcriber: "service" }, warnings: [] });
    expect(result.transcriber).toMatch(/^service:whisper-1@127\.0\.0\.1/);
    const spoken = segments.filter(({ text }: { text: string }) => text !== "");
    expect(spoken).toMatchObject([
      {
        text: "I am glad, so glad, glad",
        voice: { emotion: "angry" },
        words: { emotion: "happy" },
      },
      { text: "I am sorry", voice: { emotion: "angry" }, words: { emotion: "sad" } },
    ]);
    expect(spoken[0]).toMatchObject({ disagree: true, words: { transcriptConfidence: 1 } });
    expect(asked()).toBe(2);

    const print = async (format: string): Promise<string> =>
      (await analyze(file, "--format", format)).stdout;
    const [text, csv, srt, vtt, textgrid] = await Promise.all(
      ["text", "csv", "srt", "vtt", "textgrid"].map(print),
    );
    expect(text).toMatch(/≠ +happy \d+ %\n +“I am glad, so glad, glad”\n/);
    expect(csv).toMatch(/,"I am glad, so glad, glad",angry,[\d.]+,happy,[\d.]+,1,true,,1,0,,\n/);
    expect(srt).toMatch(/^1\n00:00:0.*\n\[voice angry, words happy\] I am glad/);
    expect(vtt).toMatch(/^WEBVTT\n\n00:00:0.*\n\[voice angry, words happy\] I am glad/);
    expect(textgrid).toContain('text = "I am glad, so glad, glad" \n');
    expect(asked()).toBe(2);
  });

  test("processes that share a folder have both channels too", async () => {
    await serve(saying("I am glad"));
    for (const name of ["a.wav", "b.wav", "c.wav"]) {
      await record(name, encodeWav(inSequence(pause, voice(2 + name.charCodeAt(0) / 99)), 16_000));
    }
    const out = join(folder, "results.jsonl");
    expect((await analyze(folder, "--out", out, "--jobs", "2")).exitCode).toBe(0);
    const lines = (await readFile(out, "utf8")).trim().split("\n");
    expect(lines).toHaveLength(3);
    for (const line of lines) expect(line).toContain('"text":"I am glad"');
    const otherwise = await undertone("analyze", folder, ...models, "--out", out, "--resume");
    expect(otherwise.exitCode).toBe(exitCodes.usage);
    expect(otherwise.stderr).toContain("was made with other models");
  });

  test("an utterance that the service fails on is said and tried again next time", async () => {
    let fails = true;
    const asked = await serve((_, response, count) => {
      const isWhole = !fails || count === 0;
      response.writeHead(isWhole ? 200 : 400).end('{"text":"I am glad"}');
    });
    const file = await record("one.wav");
    const failed = await analyze(file, "--json");
    expect(failed.exitCode).toBe(exitCodes["network-failed"]);
    const first = JSON.parse(failed.stdout).files[0];
    expect(first.untranscribed).toBe(1);
    expect(first.warnings).toEqual([expect.stringMatching(/^1 of 2 utterances have no words/)]);
    expect(textsOf(first)).toEqual(["I am glad", ""]);
    fails = false;
    const second = JSON.parse((await analyze(file, "--json")).stdout).files[0];
    expect(second.warnings).toEqual([]);
    expect(textsOf(second)).toEqual(["I am glad", "I am glad"]);
    expect(asked()).toBe(4);
  });

  test("what a service failed on throughout is asked for again by --resume", async () => {
    let fails = true;
    await serve((_, response) =>
      fails ? response.writeHead(400).end() : response.end('{"text":"I am glad"}'),
    );
    await record("one.wav");
    const out = join(folder, "results.csv");
    const failed = await analyze(folder, "--out", out);
    expect(failed.exitCode).toBe(exitCodes["network-failed"]);
    expect(failed.stderr).toContain("--resume");
    expect(await readFile(out, "utf8")).not.toContain("I am glad");
    fails = false;
    expect((await analyze(folder, "--out", out, "--resume")).exitCode).toBe(0);
    expect((await readFile(out, "utf8")).match(/I am glad/g)).toHaveLength(2);
    expect((await readdir(folder)).toSorted()).toEqual(["one.wav", "results.csv"]);
  });

  test("half a model of words is an error", async () => {
    await serve(saying("I am glad"));
    const torn = join(root, "torn.onnx");
    await writeFile(torn, wordModelFile().slice(0, 200));
    const { exitCode, stderr } = await analyze(await record("one.wav"), "--text-model", torn);
    expect(exitCode).toBe(exitCodes["model-invalid"]);
    expect(stderr).toContain(`${torn}: `);
  });

  test("a language that the model does not know leaves its words out, and says so", async () => {
    await serve((_, response) => response.end('{"text":"Ich bin froh","language":"german"}'));
    const { stdout, stderr } = await analyze(await record("one.wav"), "--json");
    const [{ segments, warnings }] = JSON.parse(stdout).files;
    expect(warnings).toEqual([expect.stringMatching(/^2 of 2 utterances are in "de"/)]);
    expect(stderr).toContain('in "de"');
    const spoken = segments.filter(({ text }: { text: string }) => text === "Ich bin froh");
    expect(spoken).toHaveLength(2);
    expect(spoken[0]).toMatchObject({ emotion: "angry", words: null });
  });
});

test.skipIf(silero === undefined || moonshine === undefined)(
  "a real transcriber finds no words in a voice without any, and the audio model predicts alone",
  async () => {
    const store = join(process.env["UNDERTONE_CACHE"]!, "models");
    await cp(silero!.folder, join(store, "silero-vad"), { recursive: true });
    await cp(moonshine!.folder, join(store, "moonshine-tiny"), { recursive: true });
    const options = ["--transcriber", "moonshine-tiny", "--offline", "--json"];
    const { stdout } = await undertone("analyze", await record("one.wav"), ...models, ...options);
    const [result] = JSON.parse(stdout).files;
    expect(result).toMatchObject({
      transcriber: "moonshine-tiny",
      summary: { dominantEmotion: "angry" },
    });
  },
);
