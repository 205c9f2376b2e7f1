import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { loudnessModelFile } from "../../test/support/loudness-model.ts";
import { synthesizeVoice } from "../../test/support/voice.ts";
import { openRecognizer } from "./load-recognizer.node.ts";
import { findVoiceModel, shippedModel } from "./voice-model.node.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "undertone-voice-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test("a file is taken as it is, and what comes with the package by its name", async () => {
  const path = join(folder, "own.onnx");
  await writeFile(path, "own");
  const bytes = Buffer.from("own");
  expect(await findVoiceModel(path)).toEqual({ path, bytes, warnings: [] });
  expect(await findVoiceModel("small")).toMatchObject({ path: shippedModel("small") });
  const missing = findVoiceModel(join(folder, "missing.onnx"));
  await expect(missing).rejects.toMatchObject({ code: "file-not-found" });
});

test("a model that was found is not read again", async () => {
  const path = join(folder, "gone.onnx");
  await writeFile(path, loudnessModelFile());
  const found = await findVoiceModel(path);
  await rm(path);
  const recognizer = await openRecognizer(found);
  expect(recognizer.labels).toEqual(["sad", "angry"]);
  await recognizer.close();
});

test("without the encoder of the default model the small one usesAudio, and says so", async () => {
  const found = await findVoiceModel(undefined, { offline: true, modelsFolder: folder, env: {} });
  expect(found.path).toBe(shippedModel("small"));
  expect(found.warnings).toEqual([expect.stringMatching(/^The small model usesAudio/)]);
  const recognizer = await openRecognizer(found);
  const { segments, warnings } = await recognizer.analyze(
    synthesizeVoice(2, { sampleRate: 16_000, level: 0.9 }),
    { sampleRate: 16_000 },
  );
  expect(segments.length).toBeGreaterThan(0);
  expect(warnings).toEqual(found.warnings);
  await recognizer.close();
});

test("a search that is stopped finds nothing", async () => {
  const signal = AbortSignal.abort();
  await expect(
    findVoiceModel(undefined, { signal, modelsFolder: folder, env: {} }),
  ).rejects.toMatchObject({ code: "cancelled" });
});
