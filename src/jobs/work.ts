import { setTimeout as sleep } from "node:timers/promises";
import type { Job as BullJob } from "bullmq";
import { maxAttempts, openQueue, type Job } from "./job-queue.ts";
import { parseQueueUrl } from "./queue-address.ts";
import { openBackend, type JobData } from "./queue-backend.ts";

/** A job under way. */
export interface RunningJob extends Job {
  /** Whether it is not tried again. */
  readonly isLastAttempt: boolean;
}

/** A failure that another attempt would not mend. */
export class FinalFailure extends Error {}

/** A worker that cannot do any job, which stays in the queue for others. */
export class UnfitWorker extends Error {
  constructor(cause: unknown) {
    super("The worker cannot do its work.", { cause });
  }
}

export interface WorkOptions {
  /** How many jobs are done at once. */
  readonly jobs: number;
  /** After how many seconds without a sign of life a worker's jobs are given to another one; 30 by default. */
  readonly leaseSec?: number | undefined;
  /** Whether to end when nothing is left to do, in place of waiting for more. */
  readonly untilEmpty?: boolean | undefined;
  /** Ends the work: what runs is finished, nothing new begun. */
  readonly signal: AbortSignal;
  /** Told of jobs that failed, and whether they are tried again. */
  readonly onFailure: (job: RunningJob, error: Error) => void;
  readonly onDone: (job: RunningJob) => void;
  /** Told of trouble with the queue itself, which is waited out. */
  readonly onTrouble: (message: string) => void;
}

/** A worker whose machine goes away again and again is no fault of its job. */
const maxStalledCount = 100;

const pollMs = 1000;

/**
 * Does jobs of a queue, each with `handle`, which must leave the event loop free, so that the queue knows that this process
 * lives. A job may be done twice where that was in doubt: doing it again must change nothing.
 * @throws UndertoneError as `openQueue`, and the cause of an `UnfitWorker` that `handle` throws
 */
export async function work(
  url: string,
  handle: (job: RunningJob) => Promise<void>,
  options: WorkOptions,
): Promise<void> {
  const { jobs, leaseSec = 30, untilEmpty = false, signal, onTrouble } = options;
  // Tells a wrong address at once, which the worker would wait out.
  await (await openQueue(url)).close();
  const backend = await openBackend(parseQueueUrl(url));
  const unfit = new AbortController();
  const worker = backend.worker((job) => doJob(job), {
    autorun: false,
    concurrency: jobs,
    lockDuration: leaseSec * 1000,
    stalledInterval: (leaseSec * 1000) / 2,
    maxStalledCount,
    runRetryDelay: pollMs,
    drainDelay: 1,
    onError: ({ message }) => onTrouble(message),
  });
  async function doJob(job: BullJob<JobData>): Promise<void> {
    const running = runningJob(job);
    try {
      await handle(running);
      options.onDone(running);
    } catch (error) {
      if (error instanceof UnfitWorker) {
        unfit.abort(error.cause);
        // Neither done nor failed: the lease ends.
        await new Promise<never>(() => undefined);
      }
      const failure = error instanceof Error ? error : new Error(String(error));
      options.onFailure(running, failure);
      throw failure instanceof FinalFailure ? backend.finalError(failure.message) : failure;
    }
  }
  const ended = AbortSignal.any([signal, unfit.signal]);
  const running = worker.run();
  running.catch(() => undefined); // as far as it is not raced below
  try {
    await Promise.race([running, untilEmpty ? emptied(url, ended) : aborted(ended)]);
  } finally {
    await worker.close(unfit.signal.aborted);
  }
  if (unfit.signal.aborted) throw unfit.signal.reason;
}

function runningJob({ id, name, data, attemptsMade }: BullJob<JobData>): RunningJob {
  const isLastAttempt = attemptsMade + 1 >= maxAttempts;
  return { id: id!, group: name, data: data.data, isLastAttempt };
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
}

/** Resolves when no job waits or runs, or the signal is aborted. */
async function emptied(url: string, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await sleep(pollMs, undefined, { signal }).catch(() => undefined);
    // A queue that does not answer is not empty.
    const queue = await openQueue(url).catch(() => undefined);
    const counts = await queue?.counts().catch(() => undefined);
    await queue?.close().catch(() => undefined);
    if (counts && counts.waiting + counts.running === 0) return;
  }
}
