import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { writeSyntheticRun } from "../../test/synthetic-run.ts";
import { encodeWav } from "../audio/wav.ts";
import type { Clip } from "../datasets/manifest.ts";
import { predictedLabel } from "../evaluation/prediction.ts";
import { evaluateRun, type EvaluatedRun } from "../runs/evaluate-run.ts";
import { readRunInfo, writeRunInfo } from "../runs/run-folder.ts";
import { evaluationDocument } from "./evaluation-document.ts";
import { writeEvaluation } from "./report-run.ts";

const small = { speakers: 6, clipsPerSpeaker: 16, folds: 2, epochs: 3 };
let folder: string;
let run: string;
let single: EvaluatedRun;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "undertone-report-"));
  run = join(folder, "fusion");
  await writeSyntheticRun(run, { ...small, name: "fusion", skill: 3 });
  single = await evaluateRun(run);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const pageOf = async (clips: readonly Clip[] = [], evaluated = single): Promise<string> => {
  await writeEvaluation(run, evaluated, { clips });
  return readFile(join(run, "report.html"), "utf8");
};

test("evaluation.json holds what is printed, and the same run gives the same bytes", async () => {
  const page = await pageOf();
  const first = await readFile(join(run, "evaluation.json"), "utf8");
  const document = evaluationDocument(single);
  expect(JSON.parse(first)).toEqual(JSON.parse(JSON.stringify(document)));
  expect(document.folds.map(({ clips }) => clips)).toEqual([48, 48]);
  expect(await pageOf([], await evaluateRun(run))).toBe(page);
  expect(await readFile(join(run, "evaluation.json"), "utf8")).toBe(first);
});

test("the most confident errors can be played where the audio is at hand", async () => {
  expect(await pageOf()).not.toContain("<audio");
  const path = join(folder, "clip.wav");
  const tone = Float32Array.from({ length: 8000 }, (_, n) => 0.5 * Math.sin(n / 5));
  await writeFile(path, encodeWav(tone, 16_000));
  const { test: predictions } = single;
  const clips = predictions.map(({ id, speakerId }): Clip => ({
    id,
    speakerId,
    emotion: "calm",
    path,
  }));
  const page = await pageOf(clips);
  const errors = predictions.filter((p) => predictedLabel(p.probabilities) !== p.actual).length;
  const players = page.match(/<audio controls[^>]* src="data:audio\/wav;base64,UklGR/g);
  expect(players).toHaveLength(Math.min(12, errors));
  expect(page).toContain("8-bit µ-law");
  const missing = clips.map((clip) => ({ ...clip, path: join(folder, "none.wav") }));
  expect(await pageOf(missing)).not.toContain("<audio");
});

const member = (name: string) => ({ name, runFolder: `../${name}`, kind: `${name}-cnn`, seed: 1 });

test("a fusion stands beside its members, and one whose folder is gone is named", async () => {
  for (const [name, skill] of [
    ["audio", 2],
    ["text", 0.4],
  ] as const) {
    await writeSyntheticRun(join(folder, name), { ...small, name, skill });
  }
  const info = await readRunInfo(run);
  await writeRunInfo(run, {
    ...info,
    combined: { method: "mean", members: [member("audio"), member("text"), member("gone")] },
  });
  const page = await pageOf([], await evaluateRun(run));
  expect(page).toContain("Fusion and its members");
  expect(page).toMatch(/better than\s+its best member, audio|its best member, audio/);
  expect(page.match(/Learning curves of the members/g)).toHaveLength(1);
  expect(page).toMatch(/audio: loss[^]*text: UAR/);
  expect(page).toContain("The member gone is left out");
});

test("members of one recipe have the names of their folders", async () => {
  for (const [seed, name] of ["seed-1", "seed-2"].entries()) {
    await writeSyntheticRun(join(folder, name), { ...small, name: "cnn", seed });
  }
  const info = await readRunInfo(run);
  const members = ["seed-1", "seed-2", "seed-3"].map((name) => ({ ...member(name), name: "cnn" }));
  await writeRunInfo(run, { ...info, combined: { method: "mean", members } });
  const page = await pageOf([], await evaluateRun(run));
  expect(page).toMatch(/best member, seed-[12]:/);
  expect(page).toMatch(/seed-1: loss[^]*seed-2: UAR/);
  expect(page).toContain("The member seed-3 is left out");
});
