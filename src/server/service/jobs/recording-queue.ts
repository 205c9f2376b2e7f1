import { createHash } from "node:crypto";
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { openQueue, type Job as QueuedJob, type JobQueue } from "../../../jobs/job-queue.ts";
import type { AnalysisJob } from "../../../recognition/batch-analyzer.node.ts";
import {
  hasResult,
  readOutcome,
  writeWorkOrder,
  type WorkOrder,
} from "../../../recognition/batch-folder.node.ts";
import type { Outcome } from "../../../recognition/file-result.node.ts";
import type { RecognitionSettings } from "../../../recognition/worker-process.node.ts";
import { throwIfCancelled } from "../../../shared/errors.ts";
import type { Log } from "../log.ts";
import type { Job, JobState } from "./job.ts";
import type { JobStore } from "./job-store.ts";

interface QueueOptions {
  readonly url: string;
  /** What is in it is exchanged with the workers, who see it at the same path. */
  readonly folder: string;
  readonly order: WorkOrder;
  readonly log: Log;
  /** Aborted when the server stops: what is in the queue stays there for the next one. */
  readonly closing: AbortSignal;
}

interface Recording {
  readonly state: JobState;
  readonly index: number;
  readonly path: string;
  readonly recognition: RecognitionSettings;
  readonly signal: AbortSignal;
}

/** A recording whose result is waited for. */
interface Waiting extends Pick<Recording, "signal"> {
  readonly queued: QueuedJob & { readonly data: AnalysisJob };
  readonly resolve: (outcome: Outcome) => void;
  readonly reject: (error: unknown) => void;
}

const pollMs = 500;

/**
 * Recordings of jobs that workers of a queue analyze: `undertone batch work`. Results come as files in a folder for each job; what
 * the queue has lost is added again, and what is there already is not done twice.
 */
export class RecordingQueue {
  /** Recordings of one server that are in the queue at once. */
  static readonly most = 64;

  readonly #options: QueueOptions;
  readonly #waiting = new Map<string, Waiting>();
  #isPolling = false;

  constructor(options: QueueOptions) {
    this.#options = options;
  }

  /**
   * Resolves to what came of a recording in all attempts.
   * @throws UndertoneError `cancelled` where its job is deleted or the server stops, `disk-full`
   */
  async analyze({ state, index, path, recognition, signal }: Recording): Promise<Outcome> {
    const { order } = this.#options;
    const folder = this.#folderOf(state.job);
    await writeWorkOrder(folder, { ...order, worker: { ...order.worker, recognition } });
    const job = nameOf(state.job, index);
    const data = { kind: "analyze", folder, job, path } as const;
    const queued = { id: queueId(job), group: folder, data };
    return new Promise((resolve, reject) => {
      this.#waiting.set(queued.id, { queued, signal, resolve, reject });
      if (!this.#isPolling) void this.#poll();
    });
  }

  /** Removes what a job that has ended, or was deleted, left in the queue and on disk. */
  async forget({ job }: JobState): Promise<void> {
    const ids = job.items.map((_, index) => queueId(nameOf(job, index)));
    await this.#withQueue((queue) => queue.remove(ids));
    await rm(this.#folderOf(job), { recursive: true, force: true });
  }

  /** Deletes what workers have written of jobs that are no more. */
  async sweep(store: Pick<JobStore, "jobs">): Promise<void> {
    const { folder } = this.#options;
    const names = await readdir(folder).catch(() => []);
    const open = store.jobs.filter(({ finished }) => !finished);
    const kept = new Set(open.map(({ job }) => groupOf(job)));
    for (const name of names) {
      if (!kept.has(name)) await rm(join(folder, name), { recursive: true, force: true });
    }
  }

  #folderOf(job: Job): string {
    return join(this.#options.folder, groupOf(job));
  }

  async #poll(): Promise<void> {
    this.#isPolling = true;
    while (this.#waiting.size > 0) {
      await this.#collect();
      await this.#withQueue((queue) => this.#askFor(queue));
      const { closing } = this.#options;
      await sleep(pollMs, undefined, { signal: closing }).catch(() => undefined);
    }
    this.#isPolling = false;
  }

  /** Takes the results that are there. */
  async #collect(): Promise<void> {
    for (const waiting of this.#waiting.values()) {
      const { queued, signal } = waiting;
      const { folder, job } = queued.data;
      if (signal.aborted) this.#end(waiting, () => throwIfCancelled(signal));
      else if (await hasResult(folder, job)) await this.#take(waiting, "");
    }
  }

  /** Adds what is not in the queue, and takes what has failed there. */
  async #askFor(queue: JobQueue): Promise<void> {
    await queue.add([...this.#waiting.values()].map(({ queued }) => queued));
    if ((await queue.counts()).failed === 0) return;
    for (const { id, reason } of await queue.failuresOf([...this.#waiting.keys()])) {
      await this.#take(this.#waiting.get(id)!, reason);
    }
  }

  async #take(waiting: Waiting, reason: string): Promise<void> {
    const { folder, job } = waiting.queued.data;
    const outcome = await readOutcome(folder, job).catch(() => undefined);
    const failed = { error: { code: "internal", message: reason } } as const;
    this.#end(waiting, () => waiting.resolve(outcome ?? failed));
  }

  #end(waiting: Waiting, settle: () => void): void {
    this.#waiting.delete(waiting.queued.id);
    try {
      settle();
    } catch (error) {
      waiting.reject(error);
    }
  }

  /** Does something with the queue. Where it does not answer, that is logged, and done the next time. */
  async #withQueue(work: (queue: JobQueue) => Promise<void>): Promise<void> {
    const { url, log } = this.#options;
    let queue: JobQueue | undefined;
    try {
      queue = await openQueue(url);
      await work(queue);
    } catch (error) {
      log("warn", "queue-away", { error: String(error) });
    } finally {
      await queue?.close().catch(() => undefined);
    }
  }
}

/** A job that is deleted and ordered again by the same key is another one. */
const groupOf = ({ id, createdAt }: Job): string => `${id}-${createdAt}`;

const nameOf = (job: Job, index: number): string =>
  createHash("sha256")
    .update(`${groupOf(job)}/${index}`)
    .digest("hex")
    .slice(0, 40);

const queueId = (name: string): string => `serve-${name}`;
