import { resolve } from "node:path";
import { openQueue, type FailedJob } from "../jobs/job-queue.ts";
import { finishedJobs, readBatchFiles } from "../recognition/batch-folder.node.ts";
import { counted, printJson } from "./output.ts";

interface StatusOptions {
  readonly queue: string;
  readonly json?: true | undefined;
}

/** Prints how far a queue is, and what failed; of a folder also what is done. */
export async function showBatchStatus(
  given: string | undefined,
  { queue: url, json }: StatusOptions,
): Promise<void> {
  const folder = given && resolve(given);
  const queue = await openQueue(url);
  try {
    const counts = await queue.counts();
    const failures = (await queue.failures()).filter(
      ({ group }) => folder === undefined || group === folder,
    );
    const recordings = folder === undefined ? undefined : await countRecordings(folder);
    if (json) {
      printJson({ format: 1, queue: counts, ...(recordings && { recordings }), failures });
      return;
    }
    if (recordings) {
      const { done, total } = recordings;
      console.log(`${done} of ${counted(total, "recording")} done.`);
    }
    const { waiting, running, failed } = counts;
    console.log(`Queue: ${waiting} waiting, ${running} running, ${failed} failed.`);
    for (const failure of failures) console.log(describeFailure(failure));
  } finally {
    await queue.close();
  }
}

function describeFailure({ reason, attempts }: FailedJob): string {
  return `  ${reason} (${counted(attempts, "attempt")})`;
}

async function countRecordings(folder: string) {
  const files = await readBatchFiles(folder);
  const done = await finishedJobs(folder);
  const finished = files.filter(({ job }) => job !== null && done.has(job));
  return { done: finished.length, total: files.length };
}
