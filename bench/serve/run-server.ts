/** `undertone serve` as a process of its own, on a free port of this machine. */
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { createRequire } from "node:module";
import { resolve } from "node:path";
import { createInterface } from "node:readline";
import { cpuSecOf, peakMemoryMbOf } from "../process-tree.ts";

export const commandLine: readonly string[] = [
  process.execPath,
  "--import",
  createRequire(import.meta.url).resolve("tsx"),
  resolve(import.meta.dirname, "../../src/cli/main.ts"),
];

export interface RunningServer {
  readonly url: string;
  readonly token: string;
  /** Resolves to a value of the server's metrics. */
  readonly metric: (name: string) => Promise<number>;
  /** The most memory that its processes have held so far, each for itself, in MB. */
  readonly peakMemoryMb: () => Promise<number>;
  /** Processor time of its processes so far, in seconds. */
  readonly cpuSec: () => Promise<number>;
  readonly stop: () => Promise<void>;
}

export async function runServer(
  folder: string,
  options: readonly string[],
): Promise<RunningServer> {
  const token = randomBytes(32).toString("hex");
  const [program, ...words] = commandLine;
  const child = spawn(
    program!,
    [...words, "serve", "--port", "0", "--folder", folder, ...options],
    {
      stdio: ["ignore", "ignore", "pipe"],
      env: { ...process.env, UNDERTONE_TOKEN: token },
    },
  );
  let printed = "";
  for await (const line of createInterface({ input: child.stderr })) {
    printed += `${line}\n`;
    if (line.includes("Ctrl-C")) break;
  }
  child.stderr.resume();
  const url = /http:\S+/.exec(printed)?.[0];
  if (url === undefined) throw new Error(`undertone serve ended: ${printed}`);
  return {
    url,
    token,
    metric: async (name) => {
      const headers = { authorization: `Bearer ${token}` };
      const metrics = await (await fetch(`${url}/metrics`, { headers })).text();
      return Number(new RegExp(`^${name} (\\S+)$`, "m").exec(metrics)?.[1]);
    },
    peakMemoryMb: () => peakMemoryMbOf(child.pid!),
    cpuSec: () => cpuSecOf(child.pid!),
    stop: async () => {
      child.kill("SIGTERM");
      await once(child, "close");
    },
  };
}
