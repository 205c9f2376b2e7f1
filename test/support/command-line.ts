/** Runs the real command line as a process of its own. */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { open } from "node:fs/promises";
import { createRequire } from "node:module";
import { resolve } from "node:path";
import { text } from "node:stream/consumers";
import { setTimeout as delay } from "node:timers/promises";
import { peakMemoryOf } from "./peak-memory.ts";

const main = resolve(import.meta.dirname, "../../src/cli/main.ts");
const loader = createRequire(import.meta.url).resolve("tsx");

interface Finished {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const environment = (): NodeJS.ProcessEnv => ({ ...process.env, NO_COLOR: "1", DEBUG: "" });

/** `undertone` from its sources. */
export const sources: readonly string[] = ["--import", loader, main];
/** As `compile.ts` made it, where that was run. */
const compiled = process.env["COMPILED_CLI"];
const program = compiled === undefined ? sources : [compiled];

/** What Node is started with to run `undertone` with the words given. */
export const commandLine = (...words: readonly string[]): string[] => [...program, ...words];

/** Starts `undertone` with the words given; what it prints is piped. */
export function startUndertone(...words: readonly string[]): ChildProcess {
  return spawn(process.execPath, commandLine(...words), {
    env: environment(),
  });
}

/** The largest resident memory, in MB, of `undertone` with the words given, or of a process that it starts. Linux only. */
export async function peakMemoryMb(...words: readonly string[]): Promise<number> {
  const child = startUndertone(...words);
  let peakMb = 0;
  const finished = finish(child);
  while (child.exitCode === null && child.signalCode === null) {
    peakMb = Math.max(peakMb, await peakMemoryOf(child.pid!));
    await delay(20);
  }
  await finished;
  return peakMb;
}

/** Runs `undertone` to its end. */
export async function undertone(...words: readonly string[]): Promise<Finished> {
  return finish(startUndertone(...words));
}

/** Runs `undertone` to its end with a file as its standard output. */
export async function undertoneInto(
  path: string,
  ...words: readonly string[]
): Promise<Omit<Finished, "stdout">> {
  const file = await open(path, "w");
  const child = spawn(process.execPath, commandLine(...words), {
    env: environment(),
    stdio: ["ignore", file.fd, "pipe"],
  });
  const [stderr] = await Promise.all([text(child.stderr!), once(child, "close"), file.close()]);
  return { exitCode: child.exitCode, stderr };
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
