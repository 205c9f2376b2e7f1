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
  await expect(loadRecognizer({ thread: false, model: text })).rejects.toMatchObject({
    code: "model-invalid",
    message: expect.stringContaining(`${text}: `),
  });
});

test.each([0, -1, 1.5, Number.NaN])("%s threads are refused", async (threads) => {
  await expect(loadRecognizer({ thread: false, model, threads })).rejects.toThrow(RangeError);
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
  const loading = loadRecognizer({
    thread: false,
    model,
    transcriber: "moonshine-tiny",
    offline: true,
  });
  await expect(loading).rejects.toMatchObject({ code: "file-not-found" });
  expect(opened).toHaveBeenCalledOnce();
  expect(closed).toHaveBeenCalledOnce();
});

test("without the default transcriber only the voice counts, one that was named is an error", async () => {
  vi.stubEnv("UNDERTONE_CACHE", join(folder, "cache"));
  vi.stubEnv("UNDERTONE_MODELS", undefined);
  onTestFinished(() => void vi.unstubAllEnvs());
  const recognizer = await loadRecognizer({
    thread: false,
    model,
    transcriber: true,
    offline: true,
  });
  expect(recognizer.transcriber).toBeNull();
  expect(recognizer.warnings).toEqual([
    expect.stringMatching(/^No transcript, only the voice counts/),
  ]);
  const { warnings } = await recognizer.analyze({
    samples: new Float32Array(9),
    sampleRate: 16_000,
  });
  expect(warnings).toEqual(recognizer.warnings);
  await recognizer.close();
  await expect(
    loadRecognizer({ thread: false, model, transcriber: "moonshine-tiny", offline: true }),
  ).rejects.toMatchObject({ code: "file-not-found" });
  const quiet = await loadRecognizer({ thread: false, model, offline: true });
  expect(quiet).toMatchObject({ transcriber: null, warnings: [] });
  await quiet.close();
});

test("the runtime is the caller's choice", async () => {
  await using recognizer = await loadRecognizer({ model: "small", runtime: "wasm", thread: false });
  const { warnings } = await recognizer.analyze({
    samples: new Float32Array(8000),
    sampleRate: 8000,
  });
  expect(warnings).toEqual([]);
});
