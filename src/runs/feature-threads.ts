import { extname } from "node:path";
import { Worker } from "node:worker_threads";
import type { Clip } from "../datasets/manifest.ts";
import { disableTelemetry } from "../graph/telemetry.node.ts";
import { sourceThread } from "../shared/source-thread.node.ts";
import type { FeaturePlan } from "./clip-features.ts";
import type { NoiseRecordings } from "./noise-recordings.ts";

/** What a thread is started with. */
export interface FeatureTask {
  readonly plan: FeaturePlan;
  readonly cacheFolder: string;
  /** In memory that threads share. */
  readonly noise?: NoiseRecordings | undefined;
}

/** A clip whose features a thread shall keep. */
export interface KeepCall {
  readonly call: number;
  readonly clip: Clip;
}

/** Each holds the encoders. */
const mostThreads = 8;

/** Threads that compute features of clips into the cache. */
export class FeatureThreads {
  readonly count: number;
  readonly #threads: FeatureThread[];

  /** @param count of threads; at most 8 are started */
  constructor(count: number, task: FeatureTask) {
    disableTelemetry();
    this.count = Math.min(count, mostThreads);
    this.#threads = Array.from({ length: this.count }, () => new FeatureThread(task));
  }

  /** Resolves once the features of a clip are kept, or cannot be: who then computes them is told why. */
  async keep(clip: Clip): Promise<void> {
    await this.#threads.toSorted((a, b) => a.waiting - b.waiting)[0]!.keep(clip);
  }

  async close(): Promise<void> {
    await Promise.all(this.#threads.map((thread) => thread.close()));
  }
}

class FeatureThread {
  readonly #worker: Worker;
  readonly #calls = new Map<number, () => void>();
  #count = 0;
  #hasEnded = false;

  constructor(task: FeatureTask) {
    this.#worker = start(task);
    this.#worker.on("message", (call: number) => this.#calls.get(call)?.());
    this.#worker.on("error", () => this.#end());
    this.#worker.on("exit", () => this.#end());
  }

  /** Clips that it has not answered yet; none are given to a thread that has ended while others work. */
  get waiting(): number {
    return this.#hasEnded ? Infinity : this.#calls.size;
  }

  async keep(clip: Clip): Promise<void> {
    if (this.#hasEnded) return;
    const call = this.#count++;
    await new Promise<void>((resolve) => {
      this.#calls.set(call, resolve);
      const asked: KeepCall = { call, clip };
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
      this.#worker.postMessage(asked);
    });
    this.#calls.delete(call);
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }

  #end(): void {
    this.#hasEnded = true;
    for (const resolve of this.#calls.values()) resolve();
  }
}

function start(task: FeatureTask): Worker {
  const extension = extname(import.meta.url);
  const program = new URL(`./feature-thread${extension}`, import.meta.url);
  return extension === ".ts"
    ? sourceThread(program, task)
    : new Worker(program, { workerData: task });
}
