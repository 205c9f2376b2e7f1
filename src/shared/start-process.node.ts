import { fork, type ChildProcess } from "node:child_process";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

/**
 * Starts a process whose program calls `guardWorker`.
 * @param program a module, TypeScript or built
 */
export function startProcess(program: URL, serialization: "json" | "advanced"): ChildProcess {
  const isSource = program.pathname.endsWith(".ts");
  return fork(fileURLToPath(program), [String(process.pid)], {
    // Whatever this process was started with; sources need what compiles them.
    execArgv: isSource ? ["--import", createRequire(import.meta.url).resolve("tsx")] : [],
    // Of glibc: blocks of this size on are given back to the system when they are free, such as those of a loaded model's file.
    env: { ...process.env, MALLOC_MMAP_THRESHOLD_: String(2 ** 18) },
    // What a library prints when it crashes is for its developers.
    stdio: ["ignore", "ignore", process.env["DEBUG"] ? "inherit" : "ignore", "ipc"],
    serialization,
  });
}

/** Whether a process can still be told something. */
export function isAlive(child: ChildProcess | undefined): child is ChildProcess {
  return child?.connected === true && child.exitCode === null && child.signalCode === null;
}

/** Says how a process ended. */
export function describeEnd({ exitCode, signalCode }: ChildProcess): string {
  return signalCode ?? `exit code ${exitCode}`;
}
