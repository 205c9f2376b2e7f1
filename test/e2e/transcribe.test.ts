import { mkdir, mkdtemp, readFile, stat, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { encodeWav } from "../../src/audio/wav.ts";
import { exitCodes } from "../../src/cli/exit-codes.ts";
import { modelFiles, modelsFolderOf } from "../../src/downloads/model-files.ts";
import { undertone } from "../support/command-line.ts";
import { inSequence, synthesizeVoice } from "../support/voice.ts";

const hasVoiceActivity = await modelFiles("silero-vad", { offline: true }).then(
  () => true,
  () => false,
);

const sampleRate = 16_000;
const voice = (sec: number): Float32Array => synthesizeVoice(sec, { sampleRate, level: 0.5 });
const twice = encodeWav(
  inSequence(voice(1), new Float32Array(3 * sampleRate), voice(2)),
  sampleRate,
);

let root = "";
let server: Server;
/** What the service on this machine answers with. */
let status = 200;
let asked = 0;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "undertone-transcribe-"));
  server = createServer((request, response) => {
    request.resume().on("end", () => {
      asked++;
      response.writeHead(status, { "content-type": "application/json" });
      response.end(JSON.stringify({ text: "Hello, you two.", language: "english" }));
    });
  });
  await new Promise<void>((done) => {
    server.listen(0, "127.0.0.1", done);
  });
  const address = server.address();
  const port = typeof address === "object" ? address?.port : undefined;
  Object.assign(process.env, {
    OPENAI_BASE_URL: `http://127.0.0.1:${port}`,
    UNDERTONE_MODELS: modelsFolderOf(process.env),
    UNDERTONE_CACHE: join(root, "cache"),
  });
});

afterAll(() => {
  server.close();
});

async function newFolder(files: Readonly<Record<string, Uint8Array | string>>): Promise<string> {
  const folder = await mkdtemp(join(root, "folder-"));
  for (const [name, content] of Object.entries(files)) {
    await mkdir(join(folder, name, ".."), { recursive: true });
    await writeFile(join(folder, name), content);
  }
  return folder;
}

const transcribe = (...words: readonly string[]): ReturnType<typeof undertone> =>
  undertone("transcribe", "--transcriber", "service:test", "--offline", ...words);

describe.skipIf(!hasVoiceActivity)("with a service and voice activity", () => {
  test("a file's words are printed with their times", async () => {
    const folder = await newFolder({ "two.wav": twice });
    const { stdout, stderr, exitCode } = await transcribe(join(folder, "two.wav"));
    expect(stderr).toBe("");
    expect(stdout).toMatch(
      /^ {3}0:00\.\d {2}Hello, you two\.\n {3}0:03\.\d {2}Hello, you two\.\n$/,
    );
    expect(exitCode).toBe(0);
  });

  test("JSON, SubRip and WebVTT hold the same, and the second time nothing is asked", async () => {
    const folder = await newFolder({ "two.wav": twice });
    const file = join(folder, "two.wav");
    const { files } = JSON.parse((await transcribe(file, "--json")).stdout);
    expect(files).toEqual([
      {
        file,
        transcriber: expect.stringMatching(/^service:test@127\.0\.0\.1/),
        durationSec: 6,
        incomplete: null,
        text: "Hello, you two. Hello, you two.",
        confidence: 1,
        utterances: [
          {
            startSec: 0,
            endSec: expect.closeTo(1.4, 0),
            text: "Hello, you two.",
            confidence: 1,
            language: "en",
          },
          {
            startSec: expect.closeTo(3.6, 0),
            endSec: 6,
            text: "Hello, you two.",
            confidence: 1,
            language: "en",
          },
        ],
        warnings: [],
      },
    ]);
    const before = asked;
    expect((await transcribe(file, "--format", "srt")).stdout).toMatch(
      /^1\n00:00:00,000 --> 00:00:01,\d+\nHello, you two\.\n\n2\n/,
    );
    expect((await transcribe(file, "--format", "vtt")).stdout).toMatch(
      /^WEBVTT\n\n00:00:00\.000 -->/,
    );
    expect(asked).toBe(before);
    await transcribe(file, "--no-cache");
    expect(asked).toBe(before + 2);
  });

  test("a folder goes on past bad files, writes a file each, and says which failed", async () => {
    const folder = await newFolder({
      "a.wav": twice,
      "a.flac": "no sound",
      "below/b.wav": twice,
      "empty.wav": "",
      "silence.wav": encodeWav(new Float32Array(sampleRate), sampleRate),
    });
    const out = join(folder, "out");
    const run = await transcribe(folder, "--format", "json", "--out", out);
    expect(run.exitCode).toBe(exitCodes["some-failed"]);
    expect(run.stderr).toContain("a.flac");
    expect(run.stderr).toContain("2 of 5 files could not be transcribed.");
    expect(run.stdout).toBe("");
    const written = JSON.parse(await readFile(join(out, "below/b.json"), "utf8"));
    expect(written.utterances).toHaveLength(2);
    expect((await stat(join(out, "below/b.json"))).mode & 0o077).toBe(0); // the user's alone
    const silence = JSON.parse(await readFile(join(out, "silence.json"), "utf8"));
    expect(silence).toMatchObject({ text: "", confidence: 0, utterances: [] });
  });

  test("what a person has changed is not overwritten unasked", async () => {
    const folder = await newFolder({ "two.wav": twice, "out/two.txt": "my own words" });
    const words = [join(folder, "two.wav"), "--out", join(folder, "out")];
    const refused = await transcribe(...words);
    expect(refused.exitCode).toBe(exitCodes.usage);
    expect(await readFile(join(folder, "out/two.txt"), "utf8")).toBe("my own words");
    expect((await transcribe(...words, "--overwrite")).exitCode).toBe(0);
    expect((await transcribe(...words)).exitCode).toBe(0); // the same words again
  });

  test("two recordings of one name are both written", async () => {
    const folder = await newFolder({ "two.wav": twice, "two.wave": twice });
    await transcribe(folder, "--out", folder, "--format", "vtt");
    expect(await readFile(join(folder, "two.vtt"), "utf8")).toContain("Hello");
    expect(await readFile(join(folder, "two.wave.vtt"), "utf8")).toContain("Hello");
  });

  test("word errors are counted by group", async () => {
    const table = "file\ttext\tgroup\none.wav\thello you two hello you too\tA\ntwo.wav\thello\tB\n";
    const folder = await newFolder({ "one.wav": twice, "two.wav": twice, "said.tsv": table });
    const json = await transcribe("--reference", join(folder, "said.tsv"), "--json");
    expect(JSON.parse(json.stdout)).toMatchObject({
      total: { files: 2, durationSec: 12, referenceWords: 7, wordErrorRate: 6 / 7 },
      groups: {
        A: { substitutions: 1, deletions: 0, insertions: 0, wordErrorRate: 1 / 6 },
        B: { substitutions: 0, deletions: 0, insertions: 5, wordErrorRate: 5 },
      },
    });
    const { stdout } = await transcribe("--reference", join(folder, "said.tsv"));
    expect(stdout).toMatch(/^A +1 +6 +16\.7 +1 +0 +0$/m);
    expect(stdout).toMatch(/^two\.wav +hello +Hello, you two\. Hello, you two\.$/m);
  });

  test("a service that fails stops the run with its own code, and the next one goes on", async () => {
    const folder = await newFolder({ "a.wav": encodeWav(voice(1.5), sampleRate), "b.wav": twice });
    status = 403;
    const refused = await transcribe(folder);
    status = 200;
    expect(refused.exitCode).toBe(exitCodes["credentials-missing"]);
    expect(refused.stderr).toContain("OPENAI_API_KEY");
    expect((await transcribe(folder)).stdout).toContain("Hello");
  });
});

test.each([
  { words: ["--transcriber", "nothing", "x.wav"], says: "Unknown transcriber" },
  { words: ["--reference", "a.tsv", "x.wav"], says: "names the recordings itself" },
  { words: ["--format", "srt", "a.wav", "b.wav"], says: "name a folder by --out" },
  { words: [], says: "Name audio files" },
  { words: ["--format", "doc", "a.wav"], says: "doc" },
  { words: ["--transcriber", "whisper", "x.wav"], says: "No Whisper model given" },
])("undertone transcribe $words is refused", async ({ words, says }) => {
  const { exitCode, stderr, stdout } = await undertone("transcribe", ...words);
  expect(stderr).toContain(says);
  expect(stdout).toBe("");
  expect(exitCode).toBe(exitCodes.usage);
});

test("without its model and offline it says how to get it", async () => {
  const folder = await newFolder({ "two.wav": twice });
  const { UNDERTONE_MODELS: models } = process.env;
  delete process.env["UNDERTONE_MODELS"];
  const { exitCode, stderr } = await undertone("transcribe", "--offline", folder);
  process.env["UNDERTONE_MODELS"] = models;
  expect(exitCode).toBe(exitCodes["file-not-found"]);
  expect(stderr).toContain("models pull moonshine-base");
});

test("a table of references that is none is refused by its line", async () => {
  const folder = await newFolder({
    "said.tsv": "file\twords\nx.wav\thello\n",
    "none.tsv": "file\ttext\n",
  });
  const bad = await undertone("transcribe", "--reference", join(folder, "said.tsv"));
  expect(bad.exitCode).toBe(exitCodes["dataset-invalid"]);
  expect(bad.stderr).toContain("line 2");
  const empty = await undertone("transcribe", "--reference", join(folder, "none.tsv"));
  expect(empty.exitCode).toBe(exitCodes["dataset-invalid"]);
});
