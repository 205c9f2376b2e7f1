import { availableParallelism } from "node:os";
import { FinalFailure, UnfitWorker, work, type RunningJob } from "../jobs/work.ts";
import { analysisJobSchema, BatchAnalyzer } from "../recognition/batch-analyzer.node.ts";
import { readWorkOrder } from "../recognition/batch-folder.node.ts";
import type { Failure } from "../recognition/find-audio.node.ts";
import { throwIfCancelled, UndertoneError } from "../shared/errors.ts";
import type { BatchWorkOptions } from "./batch-work.ts";
import { cancellable } from "./cancel.ts";
import { createProgress } from "./progress.ts";
import { trainingJobSchema, trainFoldInProcess } from "./training-job.ts";

/** Does the jobs of a queue, as the options of `undertone batch work` say. */
export async function workOnQueue(options: BatchWorkOptions): Promise<void> {
  const { queue, untilEmpty, lease, offline = false } = options;
  const jobs = options.jobs ?? availableParallelism();
  const display = createProgress(process.stderr);
  const analyzer = new BatchAnalyzer({ jobs, offline });
  let done = 0;
  let failed = 0;
  const show = (): void => {
    const facts = failed > 0 ? { failed: String(failed) } : {};
    display({ label: "work", done, total: undefined, unit: "jobs", facts });
  };
  const troubles = new Set<string>();
  try {
    await cancellable(
      async (signal) => {
        await work(queue, (job) => doJob(job, analyzer), {
          jobs,
          untilEmpty,
          leaseSec: lease,
          signal,
          onDone: () => {
            done++;
            show();
          },
          onFailure: ({ isLastAttempt }, error) => {
            const { message } = error;
            const isFinal = isLastAttempt || error instanceof FinalFailure;
            if (isFinal) failed++;
            display.warn(isFinal ? message : `${message} It is tried again.`);
            show();
          },
          onTrouble: (message) => {
            if (!troubles.has(message)) display.warn(`The queue: ${message}`);
            troubles.add(message);
          },
        });
        throwIfCancelled(signal);
      },
      () => "Jobs that were not finished stay in the queue.",
      { finishes: true },
    );
  } finally {
    analyzer.stop();
  }
}

/** @throws FinalFailure, UnfitWorker, and errors after which another attempt may succeed */
async function doJob(job: RunningJob, analyzer: BatchAnalyzer): Promise<void> {
  const training = trainingJobSchema.safeParse(job.data);
  if (training.success) return trainFoldInProcess(training.data);
  const analysis = analysisJobSchema.safeParse(job.data);
  if (!analysis.success) {
    throw new FinalFailure("The job is of another version of undertone, or of another program.");
  }
  const batch = await readWorkOrder(analysis.data.folder).catch((error: unknown) => {
    const isGone = error instanceof UndertoneError && error.code === "file-not-found";
    throw isGone ? error : new UnfitWorker(error);
  });
  const failure = await analyzer
    .analyze(analysis.data, batch, job.isLastAttempt)
    .catch((error: unknown) => {
      throw new UnfitWorker(error);
    });
  if (failure) throw errorOf(failure);
}

/** What a recording is does not change from one attempt to the next. */
function errorOf({ code, message }: Failure): Error {
  return code.startsWith("audio-") ? new FinalFailure(message) : new Error(message);
}
