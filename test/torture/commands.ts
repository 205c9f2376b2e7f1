/** Runs the command line as attacks need it: killed at a moment, or at a call of the system. */
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { createRequire } from "node:module";
import { resolve } from "node:path";
import { peakMemoryOf } from "../support/peak-memory.ts";

export const hasStrace = spawnSync("strace", ["-V"]).status === 0;

/** What a run came to, and what it printed to its standard error. */
export interface Ended {
  /** The most memory of the largest of its processes; 0 where the system does not tell. */
  readonly peakMb: number;
  readonly exitCode: number | null;
  readonly stderr: string;
  readonly tookMs: number;
}

/** The built program: it starts faster than its sources, and is what is shipped. */
const main = resolve(import.meta.dirname, "../../dist/cli/main.js");

/** Returns what Node is started with to run a program; sources need what compiles them. */
const lineOf = (program: string): string[] =>
  program.endsWith(".ts")
    ? ["--import", createRequire(import.meta.url).resolve("tsx"), program]
    : [program];

const naming = "rename,renameat,renameat2,fsync,fdatasync,unlink,unlinkat,link,linkat";

/** Nothing takes as long that is tried here, but what is measured. */
const usualMostMs = 120_000;

interface RunOptions {
  /** In place of `undertone`. */
  readonly program?: string | undefined;
  /** Killed after so long. */
  readonly killMs?: number | undefined;
  /** Killed after so long where it should have ended by itself. */
  readonly mostMs?: number | undefined;
  /** Each write takes a tenth of a second. */
  readonly isSlow?: boolean;
  /** Killed at this call of the system that names, flushes or removes files. */
  readonly killCall?: number | undefined;
}

const strace = (calls: string, inject: string): string[] => {
  const quiet = ["strace", "-f", "-qq", "-o", "/dev/null"];
  return [...quiet, "-e", `trace=${calls}`, "-e", `inject=${calls}:${inject}`];
};

/** Resolves to how a command ended; without an exit code where it was killed, or took too long. */
export async function run(
  words: readonly string[],
  { program = main, killMs, killCall, isSlow, mostMs = usualMostMs }: RunOptions = {},
): Promise<Ended> {
  const startedMs = performance.now();
  const [command, ...args] = [
    ...(killCall === undefined ? [] : strace(naming, `signal=SIGKILL:when=${killCall}`)),
    ...(isSlow ? strace("write,pwrite64,fsync,fdatasync", "delay_exit=100000") : []),
    process.execPath,
    ...lineOf(program),
    ...words,
  ];
  const child = spawn(command!, args, {
    // Calls are counted by thread: with one for all files, each call has its number.
    env: { ...process.env, NO_COLOR: "1", DEBUG: "", UV_THREADPOOL_SIZE: killCall ? "1" : "4" },
    stdio: ["ignore", "ignore", "pipe"],
  });
  let stderr = "";
  let peakMb = 0;
  child.stderr.on("data", (text: Buffer) => (stderr += text.toString()));
  const ended = once(child, "exit");
  const timer = setTimeout(() => child.kill("SIGKILL"), killMs ?? mostMs);
  const looking = setInterval(() => {
    void peakMemoryOf(child.pid!).then((found) => (peakMb = Math.max(peakMb, Math.round(found))));
  }, 50);
  await ended;
  clearTimeout(timer);
  clearInterval(looking);
  return { exitCode: child.exitCode, stderr, peakMb, tookMs: performance.now() - startedMs };
}
