import { execFile } from "node:child_process";
import { mkdtemp, rm, symlink } from "node:fs/promises";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { modelsFolderOf } from "../../../src/downloads/model-files.ts";
import { loadRecognizer } from "../../../src/recognition/load-recognizer.node.ts";
import { PartTimes, type Part } from "./parts.ts";

/** How many times faster than real time one process analyzes a recording, its model being loaded. */
export async function measureAnalysis(options: {
  readonly recording: string;
  readonly model: string;
}): Promise<number> {
  const recognizer = await loadRecognizer({ model: options.model });
  const start = performance.now();
  const { durationSec } = await recognizer.analyze(options.recording);
  const seconds = (performance.now() - start) / 1000;
  await recognizer.close();
  return durationSec / seconds;
}

/**
 * The same with words, from the start of loading the models.
 * @param options.threads by default as many as there are cores, of which one finds words while another encodes; with one
 * thread, one thing comes after another, and `parts` tells where the time goes
 */
export async function measureWords({
  recording,
  threads,
}: {
  readonly recording: string;
  readonly threads?: number;
}): Promise<{ readonly rate: number; readonly parts: readonly Part[] }> {
  // A cache with the models of the user's, but with no transcript from the round before.
  const folder = await mkdtemp(join(tmpdir(), "undertone-bench-"));
  await symlink(modelsFolderOf(process.env), join(folder, "models"));
  const start = performance.now();
  const recognizer = await loadRecognizer({
    transcriber: "moonshine-base",
    cacheFolder: folder,
    offline: true,
    threads,
    thread: false,
  });
  const loaded = performance.now();
  const times = new PartTimes();
  times.watch();
  const { durationSec } = await recognizer.analyze(recording);
  const parts = times.parts();
  const seconds = (performance.now() - start) / 1000;
  await recognizer.close();
  await rm(folder, { recursive: true });
  const loading = { part: "loading the models", wallSec: (loaded - start) / 1000 };
  return { rate: durationSec / seconds, parts: [...parts, loading] };
}

/** How many times faster than real time the command line analyzes a folder, voice only, with a process a core, starts included. */
export async function measureFiles(options: {
  readonly folder: string;
  readonly totalSec: number;
}): Promise<number> {
  const main = join(import.meta.dirname, "../../../src/cli/main.ts");
  const jobs = String(availableParallelism());
  const words = ["analyze", options.folder, "--no-transcript", "--offline", "--jobs", jobs];
  const start = performance.now();
  await promisify(execFile)(process.execPath, ["--import", "tsx", main, ...words, "--json"]);
  return (1000 * options.totalSec) / (performance.now() - start);
}
