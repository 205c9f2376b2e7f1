import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, symlink } from "node:fs/promises";
import { platform, tmpdir } from "node:os";
import { join } from "node:path";
import { modelsFolderOf } from "../../src/downloads/model-files.ts";
import { watchLargestMb } from "../process-tree.ts";

/** What a command took from its start to its end. */
export interface Taken {
  readonly seconds: number;
  /** Peak resident memory of its largest process; null where the system does not tell. */
  readonly largestMb: number | null;
}

/** Node's words for the built command line. */
const program = join(import.meta.dirname, "../../dist/cli/main.js");

/**
 * Runs the built command line as a user does for the first time with the models on disk: nothing that it made before is there.
 * @param cores that it may use, where it is Linux; all by default
 */
export async function measureCommand(words: readonly string[], cores?: number): Promise<Taken> {
  const cache = await mkdtemp(join(tmpdir(), "undertone-bench-"));
  await symlink(modelsFolderOf(process.env), join(cache, "models"));
  try {
    return await measureProgram([program, ...words], { UNDERTONE_CACHE: cache }, cores);
  } finally {
    await rm(cache, { recursive: true });
  }
}

/** Runs `undertone analyze` likewise, without the net. */
export function measureAnalyze(words: readonly string[], cores?: number): Promise<Taken> {
  return measureCommand(["analyze", ...words, "--offline", "--json"], cores);
}

/** Runs Node with these words to its end. */
export async function measureProgram(
  words: readonly string[],
  env: Readonly<Record<string, string>> = {},
  cores?: number,
): Promise<Taken> {
  const pinned = cores === undefined ? [] : ["taskset", "--cpu-list", `0-${cores - 1}`];
  const [command, ...rest] = [...pinned, process.execPath, ...words];
  const start = performance.now();
  const child = spawn(command!, rest, { env: { ...process.env, ...env }, stdio: "ignore" });
  const largest = platform() === "linux" && child.pid ? watchLargestMb(child.pid) : undefined;
  const [code]: (number | null)[] = await once(child, "exit");
  const seconds = (performance.now() - start) / 1000;
  const largestMb = (await largest?.()) ?? null;
  if (code !== 0) throw new Error(`bench: ${words.join(" ")} ends with ${code}`);
  return { seconds, largestMb };
}
