/** `undertone analyze` of calls with a speaker in each channel. */
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
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
const voice = (seconds: number, level: number): Float32Array =>
  synthesizeVoice(seconds, { sampleRate: 16_000, level });

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "undertone-calls-"));
  const model = join(root, "model.onnx");
  await writeFile(model, loudnessModelFile());
  voiceOnly = ["--no-transcript", "--model", model];
});
afterAll(() => rm(root, { recursive: true, force: true }));

test("a call has a speaker in each channel, and whoever is not wanted is left out", async () => {
  const channels = [
    inSequence(voice(3, 0.9), new Float32Array(80_000)),
    inSequence(new Float32Array(64_000), voice(3, 0.02), new Float32Array(16_000)),
  ];
  const folder = join(root, "calls");
  await mkdir(folder);
  const call = encodeWav(channels, 16_000);
  for (const name of ["a.wav", "b.wav"]) await writeFile(join(folder, name), call);
  await writeFile(join(folder, "mono.wav"), encodeWav(voice(3, 0.9), 16_000));
  const file = join(folder, "a.wav");
  const roles = ["--roles", "agent,customer"];
  const one = await undertone("analyze", file, ...voiceOnly, ...roles);
  expect(one.stdout).toMatch(/a\.wav +agent +0:08\.0 +0:03\.\d +angry/);
  expect(one.stdout).toMatch(/^0:0[34]\.\d +0:07\.\d +customer +sad/m);

  const out = join(root, "customers.jsonl");
  const asked = ["analyze", folder, ...voiceOnly, ...roles, "--out", out, "--jobs", "1"];
  const { exitCode, stderr } = await undertone(...asked, "--only", "customer");
  expect(exitCode).toBe(exitCodes["some-failed"]);
  expect(stderr).toMatch(/mono\.wav: The recording has one channel/);
  const results = (await readFile(out, "utf8"))
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  for (const { speakers, segments } of results.slice(0, 2)) {
    expect(speakers).toMatchObject([{ speaker: "customer", channel: 2 }]);
    expect(segments).toMatchObject([{ speaker: null }, { speaker: "customer" }, { speaker: null }]);
  }
  const others = await undertone(...asked, "--resume");
  expect(others.exitCode).toBe(exitCodes.usage);
  expect(others.stderr).toContain("--only customer, now none");

  const wrong = [
    ["--only", "custmer"],
    ["--roles", "a,a"],
    ["--channels", "left"],
  ];
  for (const words of wrong) {
    const refused = await undertone("analyze", file, ...voiceOnly, ...roles, ...words);
    expect([words, refused.exitCode]).toEqual([words, exitCodes.usage]);
  }
});
