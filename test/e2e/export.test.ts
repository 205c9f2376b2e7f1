/** Exported models, run by what knows nothing of Undertone. */
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { afterAll, beforeAll, expect, test } from "vitest";
import { findPython } from "../../bench/peers/find-python.ts";
import { encodeWav } from "../../src/audio/wav.ts";
import { loadRecognizer } from "../../src/index.ts";
import { vowel } from "../sounds.ts";
import { undertone } from "../support/command-line.ts";

const sampleRate = 16_000;
const labels = "neutral,calm,happy,sad,angry,fearful,disgust,surprised".split(",");
// A multiple of a 16-bit step, so that the file holds it exactly.
const samples = vowel(1.5, sampleRate, (t) => 150 + 40 * t).map(
  (sample) => Math.round(sample * 20_000) / 32_768,
);
let folder: string;
let clip: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "undertone-export-"));
  clip = join(folder, "speech.wav");
  await writeFile(clip, encodeWav(samples, sampleRate));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

test("the exported file alone gives the digits of classify", async () => {
  const out = join(folder, "small");
  const { exitCode, stderr } = await undertone("export", "small", "--out", out);
  expect(stderr).toBe("");
  expect(exitCode).toBe(0);
  const results = (await byPython(out)) ?? (await byNode(join(out, "model.onnx")));
  await using recognizer = await loadRecognizer({ model: "small" });
  const [scores] = await recognizer.classify([clip]);
  expect(scores).toHaveLength(labels.length);
  for (const { label, score } of scores!) {
    expect(Math.abs(results[label]! - score)).toBeLessThan(1e-4);
  }
});

test("an exported folder is not overwritten", async () => {
  await writeFile(join(folder, "mine.txt"), "mine");
  const { exitCode } = await undertone("export", "small", "--to", "triton", "--out", folder);
  expect(exitCode).toBe(2);
  expect(await readFile(join(folder, "mine.txt"), "utf8")).toBe("mine");
});

/** By the script beside the file; `undefined` without Python's onnxruntime. */
async function byPython(out: string): Promise<Record<string, number> | undefined> {
  const python = await findPython("onnxruntime");
  if (python === undefined) return undefined;
  const { stdout } = await promisify(execFile)(python, [join(out, "predict.py"), clip]);
  return JSON.parse(stdout).ordinary_probabilities;
}

async function byNode(path: string): Promise<Record<string, number>> {
  const session = await InferenceSession.create(path);
  const waveform = new Tensor("float32", samples, [1, samples.length]);
  const { ordinary_probabilities: row } = await session.run({ waveform });
  await session.release();
  return Object.fromEntries(labels.map((label, index) => [label, Number(row!.data[index])]));
}
