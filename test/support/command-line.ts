/** Runs the real command line as a process of its own. */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { open } from "node:fs/promises";
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

const environment = (): NodeJS.ProcessEnv => ({ ...process.env, NO_COLOR: "1", DEBUG: "" });

/** What Node is started with to run `undertone` with the words given. */
export const commandLine = (...words: readonly string[]): string[] => [
  "--import",
  loader,
  main,
  ...words,
];

/** Starts `undertone` with the words given; what it prints is piped. */
export function startUndertone(...words: readonly string[]): ChildProcess {
  return spawn(process.execPath, commandLine(...words), {
    env: environment(),
  });
}

/** The largest resident memory, in MB, of `undertone` with the words given. */
export async function peakMemoryMb(...words: readonly string[]): Promise<number> {
  const report = 'process.on("exit",()=>process._rawDebug("peak",process.resourceUsage().maxRSS))';
  const preload = ["--import", `data:text/javascript,${report}`];
  const child = spawn(process.execPath, [...preload, ...commandLine(...words)], {
    env: environment(),
  });
  const { stderr } = await finish(child);
  return Number(/peak (\d+)/.exec(stderr)?.[1]) / 1024;
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
