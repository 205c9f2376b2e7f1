import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from "vitest";
import { loudnessModelFile } from "../../test/support/loudness-model.ts";
import { Session } from "../graph/session.ts";
import { loadRecognizer } from "./load-recognizer.node.ts";

let folder: string;
let model: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "undertone-recognizer-"));
  model = join(folder, "model.onnx");
  await writeFile(model, loudnessModelFile());
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test("a file that is no model is named", async () => {
  const text = join(folder, "text.onnx");
  await writeFile(text, "no model");
  await expect(loadRecognizer({ model: text })).rejects.toMatchObject({
    code: "model-invalid",
    message: expect.stringContaining(`${text}: `),
  });
});

test.each([0, -1, 1.5, Number.NaN])("%s threads are refused", async (threads) => {
  await expect(loadRecognizer({ model, threads })).rejects.toThrow(RangeError);
});

test("samples of another type are refused: their scale is not known", async () => {
  const recognizer = await loadRecognizer({ model });
  const samples: Float32Array = JSON.parse("[0, 0.5, 0]");
  await expect(recognizer.analyze(samples, { sampleRate: 16_000 })).rejects.toThrow(
    "a Float32Array of samples from -1 to 1",
  );
  await recognizer.close();
});

test("when one model cannot be had, those before it are released", async () => {
  vi.stubEnv("UNDERTONE_CACHE", join(folder, "cache"));
  vi.stubEnv("UNDERTONE_MODELS", undefined);
  const opened = vi.spyOn(Session, "open");
  const closed = vi.spyOn(Session.prototype, "close");
  onTestFinished(() => {
    vi.unstubAllEnvs();
    vi.restoreAllMocks();
  });
  const loading = loadRecognizer({ model, speech: "moonshine-tiny", offline: true });
  await expect(loading).rejects.toMatchObject({ code: "file-not-found" });
  expect(opened).toHaveBeenCalledOnce();
  expect(closed).toHaveBeenCalledOnce();
});

test("without the default speech-to-text the voice alone is judged, one that was named is an error", async () => {
  vi.stubEnv("UNDERTONE_CACHE", join(folder, "cache"));
  vi.stubEnv("UNDERTONE_MODELS", undefined);
  onTestFinished(() => void vi.unstubAllEnvs());
  const recognizer = await loadRecognizer({ model, speech: true, offline: true });
  expect(recognizer.speechToText).toBeNull();
  expect(recognizer.warnings).toEqual([expect.stringMatching(/^There is no transcript/)]);
  const { warnings } = await recognizer.analyze(new Float32Array(9), { sampleRate: 16_000 });
  expect(warnings).toEqual(recognizer.warnings);
  await recognizer.close();
  await expect(
    loadRecognizer({ model, speech: "moonshine-tiny", offline: true }),
  ).rejects.toMatchObject({ code: "file-not-found" });
  const quiet = await loadRecognizer({ model, offline: true });
  expect(quiet).toMatchObject({ speechToText: null, warnings: [] });
  await quiet.close();
});
