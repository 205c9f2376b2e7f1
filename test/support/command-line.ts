/** Runs the real command line as a process of its own. */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createRequire } from "node:module";
import { resolve } from "node:path";
import { text } from "node:stream/consumers";

const main = resolve(import.meta.dirname, "../../src/cli/main.ts");
const loader = createRequire(import.meta.url).resolve("tsx");

interface Finished {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Starts `undertone` with the words given; what it prints is piped. */
export function startUndertone(...words: readonly string[]): ChildProcess {
  const env = { ...process.env, NO_COLOR: "1", DEBUG: "" };
  return spawn(process.execPath, ["--import", loader, main, ...words], { env });
}

/** Runs `undertone` to its end. */
export async function undertone(...words: readonly string[]): Promise<Finished> {
  return finish(startUndertone(...words));
}

/** Waits for a process's end and all that it prints. */
export async function finish(child: ChildProcess): Promise<Finished> {
  const [stdout, stderr] = await Promise.all([
    text(child.stdout!),
    text(child.stderr!),
    once(child, "close"),
  ]);
  return { exitCode: child.exitCode, stdout, stderr };
}
