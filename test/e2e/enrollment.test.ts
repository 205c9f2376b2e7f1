/** Recordings of a speaker whose neutral speech is known. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { encodeWav } from "../../src/audio/wav.ts";
import { exitCodes } from "../../src/cli/exit-codes.ts";
import { undertone } from "../support/command-line.ts";
import { loudnessModelFile } from "../support/loudness-model.ts";
import { inSequence, synthesizeVoice } from "../support/voice.ts";

let root = "";
let voiceOnly: readonly string[] = [];

const voice = synthesizeVoice(3, { sampleRate: 16_000, level: 0.9 });
const loud = encodeWav(inSequence(voice, new Float32Array(16_000)), 16_000);

async function newFolder(files: Readonly<Record<string, Uint8Array>>): Promise<string> {
  const folder = await mkdtemp(join(root, "folder-"));
  for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content);
  return folder;
}

interface Result {
  readonly settings: { readonly speakerId: string | null };
  readonly summary?: { readonly confidence: number | null };
}

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "undertone-analyze-"));
  const model = join(root, "model.onnx");
  await writeFile(model, loudnessModelFile());
  voiceOnly = ["--no-transcript", "--model", model];
});

afterAll(() => rm(root, { recursive: true, force: true }));

test("an enrolled speaker is held against how they speak neutrally, by one process and by several", async () => {
  const folder = await newFolder({ "one.wav": loud, "two.wav": loud });
  const enrollment = await newFolder({
    "neutral.wav": loud,
    "cut.wav": loud.subarray(0, loud.length / 2),
    "silence.wav": encodeWav(new Float32Array(32_000), 16_000),
  });
  const neutral = join(enrollment, "neutral.wav");
  const ids: unknown[] = [];
  const confidences = async (...options: string[]): Promise<number[]> => {
    const { stdout, exitCode } = await undertone("analyze", ...options, "--json", ...voiceOnly);
    expect(exitCode).toBe(0);
    const { files }: { files: Result[] } = JSON.parse(stdout);
    ids.push(...files.map(({ settings }) => settings.speakerId));
    return files.map(({ summary }) => summary!.confidence!);
  };
  const [unknown] = await confidences(join(folder, "one.wav"));
  const [known] = await confidences(join(folder, "one.wav"), "--enroll", neutral);
  expect(known).toBeLessThan(unknown!);
  const twice = ["--enroll", neutral, "--enroll", neutral];
  expect(await confidences(folder, ...twice, "--jobs", "2")).toEqual([known, known]);
  expect(ids).toEqual([
    null,
    ...Array.from({ length: 3 }, () => expect.stringMatching(/^[0-9a-f]{12}$/)),
  ]);
  const enrolledBy = (file: string) =>
    undertone("analyze", folder, "--enroll", join(enrollment, file), ...voiceOnly);
  expect(await enrolledBy("cut.wav")).toMatchObject({
    exitCode: 0,
    stderr: expect.stringMatching(/cut\.wav: .*\nVoices are held against \d/),
  });
  expect(await enrolledBy("silence.wav")).toMatchObject({
    exitCode: exitCodes["audio-empty"],
    stderr: expect.stringContaining("neutral speech"),
  });
  expect((await enrolledBy("none.wav")).exitCode).toBe(exitCodes["file-not-found"]);
});
