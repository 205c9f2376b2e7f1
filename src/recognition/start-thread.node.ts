import { Worker } from "node:worker_threads";

/** Starts the thread of a recognizer. */
export function startThread(workerData: unknown): Worker {
  if (!import.meta.url.endsWith(".ts")) {
    // Written out, since bundlers look for it.
    return new Worker(new URL("./recognizer-thread.node.js", import.meta.url), { workerData });
  }
  // A thread does not inherit the loader that compiles sources.
  const loader = import.meta.resolve("tsx/esm/api");
  const program = new URL("./recognizer-thread.node.ts", import.meta.url).href;
  const code = `import("${loader}").then(({ register }) => { register(); return import("${program}"); });`;
  return new Worker(code, { workerData, eval: true });
}
