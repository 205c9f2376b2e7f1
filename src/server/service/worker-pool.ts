import { UndertoneError } from "../../shared/errors.ts";
import type { Outcome } from "../../recognition/file-result.node.ts";
import type { RecognitionSettings } from "../../recognition/worker-process.node.ts";
import { Refusal } from "../refusal.ts";

/** What a pool needs of a process that analyzes one file at a time. */
export interface Worker {
  analyze(path: string, call: { readonly recognition: RecognitionSettings }): Promise<Outcome>;
  /** Ends its process; the next file starts another one. */
  stop(): void;
}

export interface PoolOptions {
  readonly workers: readonly Worker[];
  /** Recordings that may wait. */
  readonly maxWaiting: number;
  /** Seconds after which a worker that is not done is ended. */
  readonly timeoutSec: number;
}

export interface PoolTask {
  readonly recognition: RecognitionSettings;
  /** Whether nobody waits for it: others go first, and it is never refused. */
  readonly isBackground?: boolean;
  /** Aborted when its client has gone: it leaves the queue, or its worker is ended. */
  readonly signal?: AbortSignal | undefined;
}

interface Waiting {
  readonly isBackground: boolean;
  readonly start: (worker: Worker) => void;
}

/** Shares processes among recordings, in the order in which they come; those of jobs come last. */
export class WorkerPool {
  readonly #options: PoolOptions;
  readonly #idle: Worker[];
  readonly #queue: Waiting[] = [];
  /** Running mean. */
  #meanSec = 1;

  constructor(options: PoolOptions) {
    this.#options = options;
    this.#idle = [...options.workers];
  }

  get size(): number {
    return this.#options.workers.length;
  }

  get busy(): number {
    return this.size - this.#idle.length;
  }

  /** How many recordings wait for which a client waits. */
  get waiting(): number {
    return this.#queue.filter(({ isBackground }) => !isBackground).length;
  }

  /** @throws Refusal `overloaded` where one more would wait too long */
  assertRoom(): void {
    if (this.#idle.length > 0 || this.waiting < this.#options.maxWaiting) return;
    const waitSec = Math.ceil((this.#meanSec * this.waiting) / this.size);
    throw new Refusal("overloaded", "All workers are busy, and the queue is full.", {
      retryAfterSec: Math.min(60, Math.max(1, waitSec)),
    });
  }

  /**
   * Analyzes a file when a worker is free.
   * @throws Refusal `overloaded`, `timeout`
   * @throws UndertoneError `cancelled`, and when the models cannot be loaded
   */
  async analyze(path: string, task: PoolTask): Promise<Outcome> {
    const { recognition, signal, isBackground = false } = task;
    if (!isBackground) this.assertRoom();
    const worker = await this.#take(isBackground, signal);
    const { timeoutSec } = this.#options;
    const timeout = AbortSignal.timeout(timeoutSec * 1000);
    const stop = signal === undefined ? timeout : AbortSignal.any([timeout, signal]);
    const end = (): void => worker.stop();
    stop.addEventListener("abort", end);
    const startedAt = performance.now();
    try {
      const outcome = await worker.analyze(path, { recognition });
      if (signal?.aborted) throw cancelled();
      if (timeout.aborted) {
        throw new Refusal("timeout", `The recording took more than ${timeoutSec} s of work.`);
      }
      this.#meanSec = 0.9 * this.#meanSec + (0.1 * (performance.now() - startedAt)) / 1000;
      return outcome;
    } finally {
      stop.removeEventListener("abort", end);
      this.#give(worker);
    }
  }

  #take(isBackground: boolean, signal: AbortSignal | undefined): Promise<Worker> {
    if (signal?.aborted) return Promise.reject(cancelled());
    const worker = this.#idle.pop();
    if (worker !== undefined) return Promise.resolve(worker);
    return new Promise((resolve, reject) => {
      const waiting: Waiting = {
        isBackground,
        start: (free) => {
          signal?.removeEventListener("abort", leave);
          resolve(free);
        },
      };
      const leave = (): void => {
        this.#queue.splice(this.#queue.indexOf(waiting), 1);
        reject(cancelled());
      };
      signal?.addEventListener("abort", leave, { once: true });
      this.#queue.push(waiting);
    });
  }

  #give(worker: Worker): void {
    const first = this.#queue.findIndex(({ isBackground }) => !isBackground);
    const [next] = this.#queue.splice(Math.max(0, first), 1);
    if (next === undefined) this.#idle.push(worker);
    else next.start(worker);
  }

  /** Ends all processes, whatever they do. */
  stop(): void {
    for (const worker of this.#options.workers) worker.stop();
  }
}

const cancelled = (): UndertoneError => new UndertoneError("cancelled", "The client has gone.");
