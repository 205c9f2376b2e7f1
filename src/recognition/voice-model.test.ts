import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { synthesiseVoice } from "../../test/support/voice.ts";
import { openRecognizer } from "./load-recognizer.node.ts";
import { findVoiceModel, shippedModel } from "./voice-model.node.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "undertone-voice-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test("a file is taken as it is, and what comes with the package by its name", async () => {
  expect(await findVoiceModel("own/model.onnx")).toEqual({ path: "own/model.onnx", warnings: [] });
  expect(await findVoiceModel("small")).toEqual({ path: shippedModel("small"), warnings: [] });
});

test("without the encoder of the default model the small one hears, and says so", async () => {
  const found = await findVoiceModel(undefined, { offline: true, modelsFolder: folder, env: {} });
  expect(found.path).toBe(shippedModel("small"));
  expect(found.warnings).toEqual([expect.stringMatching(/^The small model hears/)]);
  const recognizer = await openRecognizer(found);
  const { segments, warnings } = await recognizer.analyze(
    synthesiseVoice(2, { sampleRate: 16_000, level: 0.9 }),
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
