import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { loudnessModelFile } from "../../test/support/loudness-model.ts";
import { synthesizeVoice } from "../../test/support/voice.ts";
import { endlessModel } from "../../test/torture/inputs/models.ts";
import { encodeWav } from "../audio/wav.ts";
import { WorkerProcess } from "./worker-process.node.ts";

let root = "";
let wav = "";

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "undertone-worker-"));
  wav = join(root, "a.wav");
  await writeFile(wav, encodeWav(synthesizeVoice(3, { sampleRate: 16_000, level: 0.9 }), 16_000));
  await writeFile(join(root, "model.onnx"), loudnessModelFile());
  await writeFile(join(root, "endless.onnx"), endlessModel());
});
afterAll(() => rm(root, { recursive: true }));

test("what has no end is ended, and the next file is analyzed", async () => {
  const model = join(root, "endless.onnx");
  const worker = new WorkerProcess({ model, recognition: {} }, { stallMs: 10_000 });
  await expect(worker.analyze(wav)).resolves.toMatchObject({ error: { code: "audio-corrupt" } });
  worker.stop();
  const healthy = new WorkerProcess({ model: join(root, "model.onnx"), recognition: {} });
  await expect(healthy.start()).resolves.toMatchObject({ transcriber: null, warnings: [] });
  await expect(healthy.analyze(wav)).resolves.toMatchObject({
    summary: { dominantEmotion: "angry" },
  });
  const turns = [{ startSec: 0, endSec: 2, speaker: "anna" }];
  const told = await healthy.analyze(wav, { recognition: { rttm: { a: turns, b: [] } } });
  expect(told).toMatchObject({ speakers: [{ speaker: "anna" }] });
  const unknown = healthy.analyze(wav, { recognition: { rttm: { b: turns, c: turns } } });
  await expect(unknown).resolves.toMatchObject({ error: { code: "dataset-invalid" } });
  healthy.stop();
});

test("a model that cannot be loaded is refused with its code", async () => {
  const worker = new WorkerProcess({ model: wav, recognition: {} });
  await expect(worker.start()).rejects.toMatchObject({ code: "model-invalid" });
});

test.skipIf(process.platform === "win32")(
  "a worker in a loop without end ends when its parent was killed",
  async () => {
    const module = new URL("./worker-process.node.ts", import.meta.url).href;
    const options = { model: join(root, "endless.onnx"), recognition: {} };
    const program = `
      const { startWorker, WorkerProcess } = await import(${JSON.stringify(module)});
      const child = startWorker();
      const worker = new WorkerProcess(${JSON.stringify(options)}, { child });
      await worker.start();
      void worker.analyze(${JSON.stringify(wav)});
      console.log(child.pid);`;
    const loader = createRequire(import.meta.url).resolve("tsx");
    const words = ["--import", loader, "--input-type=module", "-e", program];
    const parent = spawn(process.execPath, words, { stdio: ["ignore", "pipe", "inherit"] });
    const [line]: Buffer[] = await once(parent.stdout, "data");
    const pid = Number(line!.toString());
    parent.kill("SIGKILL");
    const isThere = (): boolean => {
      try {
        return execFileSync("ps", ["-o", "stat=", "-p", String(pid)]).toString()[0] !== "Z";
      } catch {
        return false;
      }
    };
    await expect.poll(isThere, { timeout: 25_000 }).toBe(false);
  },
);
