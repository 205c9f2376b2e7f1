/** Runs the command line as attacks need it: killed at a moment, or at a call of the system. */
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { commandLine } from "../support/command-line.ts";

export const hasStrace = spawnSync("strace", ["-V"]).status === 0;

/** What a run came to, and what it printed to its standard error. */
export interface Ended {
  readonly exitCode: number | null;
  readonly stderr: string;
  readonly tookMs: number;
}

const calls = "rename,renameat,renameat2,fsync,fdatasync,unlink,unlinkat,link,linkat";

/** Nothing takes as long that is tried here. */
const mostMs = 120_000;

interface RunOptions {
  /** Killed after so long. */
  readonly killMs?: number | undefined;
  /** Killed at this call of the system that names, flushes or removes files. */
  readonly killCall?: number | undefined;
}

/** Resolves to how `undertone` ended; without an exit code where it was killed, or took too long. */
export async function run(
  words: readonly string[],
  { killMs, killCall }: RunOptions = {},
): Promise<Ended> {
  const startedMs = performance.now();
  const node = [process.execPath, ...commandLine(...words)];
  const inject = `inject=${calls}:signal=SIGKILL:when=${killCall}`;
  const strace = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", `trace=${calls}`, "-e", inject];
  const [program, ...args] = killCall === undefined ? node : [...strace, ...node];
  const child = spawn(program!, args, {
    env: { ...process.env, NO_COLOR: "1", DEBUG: "" },
    stdio: ["ignore", "ignore", "pipe"],
  });
  let stderr = "";
  child.stderr.on("data", (text: Buffer) => (stderr += text.toString()));
  const ended = once(child, "exit");
  const timer = setTimeout(() => child.kill("SIGKILL"), killMs ?? mostMs);
  await ended;
  clearTimeout(timer);
  return { exitCode: child.exitCode, stderr, tookMs: performance.now() - startedMs };
}
