/** Batches by the real command line, in processes of their own. */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { encodeWav } from "../../src/audio/wav.ts";
import { Random } from "../../src/shared/random.ts";
import { commandLine, finish } from "../../test/support/command-line.ts";
import { synthesizeVoice } from "../../test/support/voice.ts";

const sampleRate = 16_000;

/** Analyzes by voice, with the small model, which needs no download. */
const how = ["--model", "small", "--no-transcript"];

/** Writes recordings of different voices and levels, of so many seconds each. */
export async function writeRecordings(
  folder: string,
  durationsSec: readonly number[],
  seed: number,
): Promise<void> {
  await mkdir(folder);
  const random = new Random(seed, "recordings");
  for (const [n, durationSec] of durationsSec.entries()) {
    const level = 0.05 + 0.9 * random.uniform();
    const samples = synthesizeVoice(durationSec, { sampleRate, level });
    const noisy = samples.map((sample) => sample + 0.001 * (random.uniform() - 0.5));
    const name = `${String(n).padStart(5, "0")}.wav`;
    await writeFile(join(folder, name), encodeWav(noisy, sampleRate));
  }
}

/** Runs a command to its end. @throws Error with what it printed, where it fails */
export async function run(...words: readonly string[]): Promise<string> {
  const child = spawn(process.execPath, commandLine(...words));
  const { exitCode, stdout, stderr } = await finish(child);
  if (exitCode !== 0) throw new Error(`undertone ${words.join(" ")}: ${stderr}`);
  return stdout;
}

/** Adds the recordings of a folder to a queue. */
export async function submit(folder: string, out: string, queue: string): Promise<void> {
  await run("batch", "submit", folder, "--out", out, "--queue", queue, ...how);
}

interface WorkerOptions {
  readonly queue: string;
  /** Cores that it may use; all by default. */
  readonly cores?: string;
  readonly words?: readonly string[];
}

/** Starts a worker that does one job at a time. */
export function startWorker({ queue, cores, words = [] }: WorkerOptions): ChildProcess {
  const line = commandLine("batch", "work", "--queue", queue, "--jobs", "1", ...words);
  const [program, given] =
    cores === undefined
      ? [process.execPath, line]
      : ["taskset", ["-c", cores, process.execPath, ...line]];
  return spawn(program, given, { stdio: "ignore" });
}

/** Kills a process without a word, and waits for its end. */
export async function kill(child: ChildProcess): Promise<void> {
  const ended = once(child, "exit");
  child.kill("SIGKILL");
  await ended;
}

/** The results of a batch. */
export interface Collected {
  /** The recording of each line. */
  readonly files: readonly string[];
  /** Sorted. */
  readonly lines: readonly string[];
}

/** Reads the results of a batch. @throws Error where some are missing or failed */
export async function collect(out: string): Promise<Collected> {
  const path = join(out, "collected.jsonl");
  await run("batch", "collect", out, "--out", path);
  const lines = await sortedLines(path);
  return { lines, files: lines.map((line) => JSON.parse(line).file) };
}

/** Analyzes recordings without a queue; resolves to the lines of the results, sorted. */
export async function analyzeAlone(folder: string, out: string): Promise<string[]> {
  await run("analyze", folder, "--out", out, ...how);
  return sortedLines(out);
}

const sortedLines = async (path: string): Promise<string[]> =>
  (await readFile(path, "utf8")).trimEnd().split("\n").toSorted();

/** Prints facts in a line. */
export function print(facts: Readonly<Record<string, string | number | boolean>>): void {
  const parts = Object.entries(facts).map(([name, value]) => `${name} ${value}`);
  process.stdout.write(`${parts.join(", ")}\n`);
}
