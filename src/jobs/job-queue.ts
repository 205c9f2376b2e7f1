import type { Job as BullJob } from "bullmq";
import { UndertoneError } from "../shared/errors.ts";
import { parseQueueUrl, type QueueAddress } from "./queue-address.ts";
import { openBackend, type JobData } from "./queue-backend.ts";

/** Work to be done once. */
export interface Job {
  /** Letters, digits and hyphens; a job whose id is in the queue already is not added again. */
  readonly id: string;
  /** What it belongs to, such as the folder of its results. */
  readonly group: string;
  /** What its worker is told, as JSON. */
  readonly data: unknown;
}

/** How many jobs wait, are under way, and have failed in all attempts. */
export interface JobCounts {
  readonly waiting: number;
  readonly running: number;
  readonly failed: number;
}

/** A job that failed in all attempts. */
export interface FailedJob extends Job {
  readonly reason: string;
  readonly attempts: number;
}

/** A queue on Redis, Valkey or PostgreSQL. Jobs that are done leave it: their results are elsewhere. */
export interface JobQueue {
  /** Adds jobs that are not in the queue. */
  add(jobs: readonly Job[]): Promise<void>;
  counts(): Promise<JobCounts>;
  failures(): Promise<FailedJob[]>;
  /** Resolves to those of some jobs that failed in all attempts. */
  failuresOf(ids: readonly string[]): Promise<FailedJob[]>;
  /** Gives failed jobs all their attempts again, those of one group or all; resolves to their number. */
  retry(group?: string): Promise<number>;
  /** Removes jobs that wait or have failed, those of one group or all; resolves to their number. What runs is not stopped. */
  cancel(group?: string): Promise<number>;
  /** Removes those of some jobs that wait or have failed. */
  remove(ids: readonly string[]): Promise<void>;
  close(): Promise<void>;
}

/** How often a job is tried. */
export const maxAttempts = 3;

const jobOptions = {
  attempts: maxAttempts,
  backoff: { type: "exponential", delay: 1000 },
  removeOnComplete: true,
  stackTraceLimit: 0,
};

/** Jobs that are sent or read in one go. */
const pageSize = 1000;

const waitingStates = ["waiting", "delayed"] as const;

/**
 * Opens the queue at a URL: `redis://`, `rediss://`, `valkey://` or `postgres://`.
 * @throws UndertoneError `usage` for another URL and for packages that are not installed, `network-failed`
 */
export async function openQueue(url: string): Promise<JobQueue> {
  const address = parseQueueUrl(url);
  const queue = (await openBackend(address)).queue();
  await inQueue(address, () => queue.waitUntilReady()).catch(async (error: unknown) => {
    await queue.close().catch(() => undefined);
    throw error;
  });
  const each = async (
    states: Parameters<typeof queue.getJobs>[0],
    group: string | undefined,
    change: (job: BullJob<JobData>) => Promise<unknown>,
  ): Promise<number> => {
    const jobs = (await queue.getJobs(states, 0, -1)).filter(
      ({ name }) => group === undefined || name === group,
    );
    for (const job of jobs) await change(job);
    return jobs.length;
  };
  return {
    add: (jobs) =>
      inQueue(address, async () => {
        for (let start = 0; start < jobs.length; start += pageSize) {
          await queue.addBulk(
            jobs.slice(start, start + pageSize).map(({ id, group, data }) => ({
              name: group,
              data: { data },
              opts: { ...jobOptions, jobId: id },
            })),
          );
        }
      }),
    counts: () =>
      inQueue(address, async () => {
        const counts = await queue.getJobCounts(...waitingStates, "active", "failed");
        return {
          waiting: waitingStates.reduce((sum, state) => sum + (counts[state] ?? 0), 0),
          running: counts["active"] ?? 0,
          failed: counts["failed"] ?? 0,
        };
      }),
    failures: () =>
      inQueue(address, async () => (await queue.getJobs(["failed"], 0, -1, true)).map(failedJob)),
    failuresOf: (ids) =>
      inQueue(address, async () => {
        const failed: FailedJob[] = [];
        for (const id of ids) {
          const job = (await queue.getJobState(id)) === "failed" && (await queue.getJob(id));
          if (job) failed.push(failedJob(job));
        }
        return failed;
      }),
    retry: (group) =>
      inQueue(address, () =>
        each(["failed"], group, (job) =>
          job.retry("failed", { resetAttemptsMade: true, resetAttemptsStarted: true }),
        ),
      ),
    cancel: (group) =>
      inQueue(address, () => each([...waitingStates, "failed"], group, (job) => job.remove())),
    remove: (ids) =>
      inQueue(address, async () => {
        for (const id of ids) await queue.remove(id);
      }),
    close: () => queue.close(),
  };
}

const failedJob = (job: BullJob<JobData>): FailedJob => ({
  id: job.id!,
  group: job.name,
  data: job.data.data,
  reason: job.failedReason,
  attempts: job.attemptsMade,
});

/** Does something with the queue; where that fails, the error names the queue. @throws UndertoneError `network-failed` */
async function inQueue<Result>(
  { shown }: QueueAddress,
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    return await work();
  } catch (cause) {
    // Of several addresses that were tried, the message is empty.
    const what = cause instanceof AggregateError ? cause.errors.join(", ") : String(cause);
    throw new UndertoneError(
      "network-failed",
      `The queue at ${shown} does not work (${what}). Check its URL, and that its server runs.`,
      { cause },
    );
  }
}
