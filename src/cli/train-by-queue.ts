import { setTimeout as sleep } from "node:timers/promises";
import { openQueue } from "../jobs/job-queue.ts";
import { nodeRunOptions } from "../runs/node-options.ts";
import { runFacts } from "../runs/run-facts.ts";
import { foldFolder, readFoldState } from "../runs/run-folder.ts";
import { prepareRun } from "../runs/train-run.ts";
import { throwIfCancelled, UndertoneError } from "../shared/errors.ts";
import { reportRun, type Request, type Surroundings } from "./train-and-report.ts";
import type { TrainOptions } from "./train.ts";
import { queuedFold } from "./training-job.ts";

const pollMs = 2000;

interface QueuedTraining {
  readonly recipeName: string;
  readonly options: TrainOptions;
  readonly request: Request;
}

/**
 * Trains the folds of a run by the workers of a queue, waits for them, and reports the run.
 * @throws UndertoneError `some-failed` with the reasons, `cancelled`, and as `prepareRun`
 */
export async function trainByQueue(
  { recipeName, options, request }: QueuedTraining,
  { progress, signal }: Surroundings,
): Promise<void> {
  const { command, threads, json, data, corpusOptions, ...training } = request;
  const { queue: url = "" } = options;
  // A wrong address is told before the corpus is read.
  await (await openQueue(url)).close();
  const folds = await prepareRun(
    { ...training, data, corpusOptions, facts: runFacts(command, threads) },
    nodeRunOptions({ onProgress: progress, logger: progress, threads, signal }),
  );
  const { runFolder } = training;
  const plain = JSON.parse(JSON.stringify(options));
  const place = { cwd: process.cwd(), recipe: recipeName, command };
  const jobs = folds.map((fold) =>
    queuedFold(runFolder, { kind: "train", ...place, options: plain, fold }),
  );
  const unfinished = new Set<number>();
  for (const fold of folds) if (!(await isFinished(runFolder, fold))) unfinished.add(fold);
  const queue = await openQueue(url);
  const group = jobs[0]!.group;
  try {
    await queue.retry(group);
    await queue.add(jobs.filter((_, n) => unfinished.has(folds[n]!)));
  } finally {
    await queue.close();
  }
  const label = "folds";
  const show = (): void =>
    progress({ label, done: folds.length - unfinished.size, total: folds.length, unit: "folds" });
  show();
  while (unfinished.size > 0) {
    const isEmpty = await hasEnded(url, group);
    for (const fold of unfinished) {
      if (await isFinished(runFolder, fold)) unfinished.delete(fold);
    }
    show();
    if (isEmpty && unfinished.size > 0) {
      throw new UndertoneError("some-failed", `The folds are no longer in the queue. ${again}`);
    }
    if (unfinished.size > 0) await sleep(pollMs, undefined, { signal }).catch(() => undefined);
    throwIfCancelled(signal);
  }
  await reportRun(runFolder, { data, corpusOptions, json });
}

const again = "The same command with --resume adds them again.";

const isFinished = async (runFolder: string, fold: number): Promise<boolean> =>
  (await readFoldState(foldFolder(runFolder, fold))) !== undefined;

/** Resolves to whether the queue has nothing left to do. @throws UndertoneError `some-failed` where folds failed */
async function hasEnded(url: string, group: string): Promise<boolean> {
  const queue = await openQueue(url).catch(() => undefined);
  // A queue that does not answer is waited for.
  if (queue === undefined) return false;
  try {
    const { waiting, running } = await queue.counts();
    const failures = (await queue.failures()).filter((failure) => failure.group === group);
    if (failures.length > 0 && waiting + running === 0) {
      const reasons = failures.map(({ reason }) => reason).join("\n");
      throw new UndertoneError("some-failed", `${reasons}\n${again}`);
    }
    return waiting + running === 0;
  } catch (error) {
    if (error instanceof UndertoneError && error.code === "network-failed") return false;
    throw error;
  } finally {
    await queue.close().catch(() => undefined);
  }
}
