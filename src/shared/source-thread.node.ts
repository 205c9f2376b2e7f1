import { Worker } from "node:worker_threads";

/** Starts a thread whose program is a TypeScript file: it does not inherit the loader that compiles sources. */
export function sourceThread(program: URL, workerData: unknown): Worker {
  const loader = import.meta.resolve("tsx/esm/api");
  const code = `import("${loader}").then(({ register }) => { register(); return import("${program.href}"); });`;
  return new Worker(code, { workerData, eval: true });
}
