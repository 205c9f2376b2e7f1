import { extname } from "node:path";
import { Worker } from "node:worker_threads";
import type { Clip } from "../datasets/manifest.ts";
import { disableTelemetry } from "../graph/telemetry.node.ts";
import { sourceThread } from "../shared/source-thread.node.ts";
import type { ClipFeatures, FeaturePlan } from "./clip-features.ts";
import type { NoiseRecordings } from "./noise-recordings.ts";

/** What a thread is started with. */
export interface FeatureTask {
  readonly plan: FeaturePlan;
  readonly cacheFolder: string;
  /** In memory that threads share. */
  readonly noise?: NoiseRecordings | undefined;
}

/** A clip whose features a thread shall compute. */
export interface FeatureCall {
  readonly call: number;
  readonly clip: Clip;
}

/** What it answers: nothing of a clip that has none. */
export interface FeatureAnswer {
  readonly call: number;
  readonly features: ClipFeatures | undefined;
}

/** Each holds the encoders. */
const mostThreads = 8;

/** Threads that compute features of clips, and keep them in the cache. */
export class FeatureThreads {
  readonly count: number;
  readonly #threads: FeatureThread[];

  /** @param count of threads; at most 8 are started */
  constructor(count: number, task: FeatureTask) {
    disableTelemetry();
    this.count = Math.min(count, mostThreads);
    this.#threads = Array.from({ length: this.count }, () => new FeatureThread(task));
  }

  /** Resolves to the features of a clip, or to nothing where they cannot be had: who then computes them is told why. */
  async extract(clip: Clip): Promise<ClipFeatures | undefined> {
    return this.#threads.toSorted((a, b) => a.waiting - b.waiting)[0]!.extract(clip);
  }

  async close(): Promise<void> {
    await Promise.all(this.#threads.map((thread) => thread.close()));
  }
}

class FeatureThread {
  readonly #worker: Worker;
  readonly #calls = new Map<number, (features?: ClipFeatures) => void>();
  #count = 0;
  #hasEnded = false;

  constructor(task: FeatureTask) {
    this.#worker = start(task);
    this.#worker.on("message", ({ call, features }: FeatureAnswer) =>
      this.#calls.get(call)?.(features),
    );
    this.#worker.on("error", () => this.#end());
    this.#worker.on("exit", () => this.#end());
  }

  /** Clips that it has not answered yet; none are given to a thread that has ended while others work. */
  get waiting(): number {
    return this.#hasEnded ? Infinity : this.#calls.size;
  }

  async extract(clip: Clip): Promise<ClipFeatures | undefined> {
    if (this.#hasEnded) return undefined;
    const call = this.#count++;
    const features = await new Promise<ClipFeatures | undefined>((resolve) => {
      this.#calls.set(call, resolve);
      const asked: FeatureCall = { call, clip };
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
      this.#worker.postMessage(asked);
    });
    this.#calls.delete(call);
    return features;
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
