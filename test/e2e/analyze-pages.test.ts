/** Pages and summaries that `undertone analyze` writes. */
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { encodeWav } from "../../src/audio/wav.ts";
import { exitCodes } from "../../src/cli/exit-codes.ts";
import { finish, startUndertone, undertone } from "../support/command-line.ts";
import { loudnessModelFile } from "../support/loudness-model.ts";
import { inSequence, synthesizeVoice } from "../support/voice.ts";

let root = "";
let voiceOnly: readonly string[] = [];

const voice = synthesizeVoice(3, { sampleRate: 16_000, level: 0.9 });
const loud = encodeWav(inSequence(voice, new Float32Array(16_000)), 16_000);

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "undertone-pages-"));
  const model = join(root, "model.onnx");
  await writeFile(model, loudnessModelFile());
  voiceOnly = ["--no-transcript", "--model", model];
});

afterAll(() => rm(root, { recursive: true }));

async function newFolder(files: Readonly<Record<string, Uint8Array | string>>): Promise<string> {
  const folder = await mkdtemp(join(root, "folder-"));
  for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content);
  return folder;
}

test("an interrupted list continues: a page for each recording, and a summary of all", async () => {
  const names = Array.from({ length: 8 }, (_, i) => `Sam_${i} #.wav`);
  const folder = await newFolder(Object.fromEntries(names.map((name) => [name, loud])));
  await writeFile(join(folder, "bad.wav"), "no sound");
  const [out, summary] = [join(root, "calls.html"), join(root, "calls.csv")];
  const words = ["analyze", folder, ...voiceOnly, "--out", out, "--summary", summary];
  words.push("--jobs", "1", "--name-pattern", "{agent}_{n} #");
  const child = startUndertone(...words);
  const finished = finish(child);
  while (!((await stat(`${out}.partial.jsonl`).catch(() => undefined))?.size ?? 0)) await delay(5);
  child.kill("SIGINT");
  expect((await finished).exitCode).toBe(exitCodes.cancelled);
  const resumed = await undertone(...words, "--resume");
  expect(resumed.exitCode).toBe(exitCodes["some-failed"]);
  expect(resumed.stderr).toContain("1 of 9 files do not match --name-pattern: bad.wav.");
  const list = await readFile(out, "utf8");
  const links = [...list.matchAll(/<th scope="row"><a href="([^"]+)"/g)].map(([, link]) => link!);
  expect(links).toHaveLength(names.length);
  for (const link of links) {
    const page = await readFile(join(root, decodeURIComponent(link)), "utf8");
    expect(page).toContain(`src="./../${basename(folder)}/Sam_`);
  }
  const rows = (await readFile(summary, "utf8")).trimEnd().split("\n");
  expect(rows).toHaveLength(10);
  expect(rows[1]).toContain("Sam_0 #.wav,,,Sam,0,4,");
  expect((await undertone(...words)).exitCode).toBe(exitCodes.usage);
});

test("the page of one recording has its sound, and a file without sound has no page", async () => {
  const folder = await newFolder({ "loud.wav": loud, "bad.wav": "no sound" });
  const out = join(folder, "x.html");
  const bad = await undertone("analyze", join(folder, "bad.wav"), ...voiceOnly, "--out", out);
  expect(bad.exitCode).toBe(exitCodes["audio-unsupported"]);
  await expect(stat(out)).rejects.toThrow("ENOENT");
  const good = await undertone("analyze", join(folder, "loud.wav"), ...voiceOnly, "--out", out);
  expect(good.exitCode).toBe(0);
  expect(await readFile(out, "utf8")).toContain('src="data:audio/wav;base64,');
});

test("the only file's failure leaves nothing that blocks the corrected command", async () => {
  const folder = await newFolder({ "bad.wav": "no sound", "loud.wav": loud });
  for (const name of ["x.csv", "x.srt", "x.jsonl"]) {
    const words = [...voiceOnly, "--out", join(folder, name)];
    words.push("--summary", join(folder, `${name}.json`));
    const bad = await undertone("analyze", join(folder, "bad.wav"), ...words);
    expect(bad).toMatchObject({ exitCode: exitCodes["audio-unsupported"], stdout: "" });
    expect((await readdir(folder)).toSorted()).toEqual(["bad.wav", "loud.wav"]);
  }
  const results = join(folder, "x.jsonl");
  const words = [...voiceOnly, "--out", results, "--resume"];
  expect((await undertone("analyze", join(folder, "loud.wav"), ...words)).exitCode).toBe(0);
  await undertone("analyze", join(folder, "bad.wav"), ...words);
  expect(await readFile(results, "utf8")).toContain("loud.wav");
});
