import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from "vitest";
import { loudnessModelFile } from "../../test/support/loudness-model.ts";
import { synthesizeVoice } from "../../test/support/voice.ts";
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

test.each([
  ['{ "modle": "small" }', /"modle", did you mean "model"/],
  ['{ "model": 7 }', /model must be string or URL or Uint8Array, got number/],
  ['{ "signal": {} }', /signal must be AbortSignal/],
  ["null", /options must be an object, got null/],
])("the options %s are refused", async (json, message) => {
  const options = JSON.parse(json);
  await expect(loadRecognizer(options)).rejects.toThrow(TypeError);
  await expect(loadRecognizer(options)).rejects.toThrow(message);
});

test("null is no transcriber", async () => {
  await using recognizer = await loadRecognizer({ model, transcriber: null, thread: false });
  expect(recognizer.transcriber).toBeNull();
});

test.each([true, false])(
  "a graph that does not fit its card is named (thread: %s)",
  async (thread) => {
    const misfit = join(folder, "misfit.onnx");
    await writeFile(misfit, loudnessModelFile({ windowSec: 2 }));
    await using recognizer = await loadRecognizer({ model: misfit, thread });
    const samples = synthesizeVoice(3, { sampleRate: 16_000, level: 0.9 });
    await expect(recognizer.analyze({ samples, sampleRate: 16_000 })).rejects.toMatchObject({
      code: "model-invalid",
      message: expect.stringContaining(`${misfit}: `),
      cause: { message: expect.stringMatching(/dimension|shape/i) },
    });
  },
);

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
  expect(opened).toHaveBeenCalledTimes(2); // the audio model and the text model
  expect(closed).toHaveBeenCalledTimes(2);
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
