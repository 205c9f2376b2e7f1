import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { loudnessModelFile } from "../../test/support/loudness-model.ts";
import { synthesizeVoice } from "../../test/support/voice.ts";
import { readModelCard } from "../models/model-card.ts";
import { openEngine } from "./open-engine.node.ts";
import { createRecognizer } from "./recognizer.ts";
import { shippedLabels, voiceModels } from "../shared/shipped-models.ts";
import { findVoiceModel, inFile, readModel, shippedModel } from "./voice-model.node.ts";

let folder: string;
beforeAll(async () => {
  vi.stubEnv("UNDERTONE_MODELS", undefined);
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
  await expect(findVoiceModel("smal")).rejects.toMatchObject({
    code: "file-not-found",
    message: expect.stringContaining("Did you mean small?"),
  });
});

test("models of another kind are named as such", async () => {
  await expect(findVoiceModel("words")).rejects.toMatchObject({
    code: "usage",
    message: expect.stringContaining("text model"),
  });
  const { path, bytes } = await readModel(shippedModel("words"));
  await expect(inFile(path, () => readModelCard(bytes))).rejects.toMatchObject({
    code: "model-invalid",
    message: `${path}: This is a text model, which takes no sound.`,
  });
});

test("a model that was found is not read again", async () => {
  const path = join(folder, "gone.onnx");
  await writeFile(path, loudnessModelFile());
  const found = await findVoiceModel(path);
  await rm(path);
  const recognizer = createRecognizer(await openEngine(found, {}));
  expect(recognizer.labels).toEqual(["sad", "angry"]);
  await recognizer.close();
});

test("without the encoder of the default model the small one is used, with a warning", async () => {
  const found = await findVoiceModel(undefined, { offline: true, cacheFolder: folder });
  expect(found.path).toBe(shippedModel("small"));
  expect(found.warnings).toEqual([
    expect.stringMatching(/^Using the less accurate "small" model: the default model/),
  ]);
  const recognizer = createRecognizer(await openEngine(found, {}));
  const { segments, warnings } = await recognizer.analyze({
    samples: synthesizeVoice(2, { sampleRate: 16_000, level: 0.9 }),
    sampleRate: 16_000,
  });
  expect(segments.length).toBeGreaterThan(0);
  expect(warnings).toEqual(found.warnings);
  await recognizer.close();
});

test("a search that is stopped finds nothing", async () => {
  const signal = AbortSignal.abort();
  await expect(findVoiceModel(undefined, { signal, cacheFolder: folder })).rejects.toMatchObject({
    code: "cancelled",
  });
});

test.each(voiceModels)("the labels of %s are those of its type", async (name) => {
  const { bytes } = await readModel(shippedModel(name));
  expect(readModelCard(bytes).labels).toEqual(shippedLabels[name]);
});
