import { Worker } from "node:worker_threads";
import { sourceThread } from "../shared/source-thread.node.ts";

/** Starts the thread of a recognizer. */
export function startThread(workerData: unknown): Worker {
  if (!import.meta.url.endsWith(".ts")) {
    // Written out, since bundlers look for it.
    return new Worker(new URL("./recognizer-thread.node.js", import.meta.url), { workerData });
  }
  return sourceThread(new URL("./recognizer-thread.node.ts", import.meta.url), workerData);
}
