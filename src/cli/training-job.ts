import { fork } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { extname, join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import type { Job } from "../jobs/job-queue.ts";
import { UnfitWorker } from "../jobs/work.ts";
import type { Failure } from "../recognition/find-audio.node.ts";
import { systemCode } from "../shared/files.node.ts";

/** A fold of a run, as its worker is told: the command that a person typed, and where. */
export const trainingJobSchema = z.strictObject({
  kind: z.literal("train"),
  /** Folder that relative paths begin at. */
  cwd: z.string(),
  recipe: z.string(),
  options: z.record(z.string(), z.json()),
  command: z.string(),
  fold: z.int().positive(),
});

export type TrainingJob = z.infer<typeof trainingJobSchema>;

/** Returns the job that trains a fold into a run folder. */
export function queuedFold(runFolder: string, data: TrainingJob): Job {
  const group = resolve(data.cwd, runFolder);
  const identity = JSON.stringify([group, data.fold]);
  const hash = createHash("sha256").update(identity).digest("hex").slice(0, 40);
  return { id: `train-${hash}`, group, data };
}

/** The file with the child's program: beside this one, TypeScript or built. */
const program = fileURLToPath(
  new URL(`./train-fold-process${extname(import.meta.url)}`, import.meta.url),
);

/** How often a fold is asked for that a process held which may have died. */
const lockPolls = 12;
const lockPollMs = 10_000;

/**
 * Trains a fold in a process of its own, from its last checkpoint on where there is one.
 * @throws UnfitWorker where the folder of the job is not there, Error with the reason where the training fails
 */
export async function trainFoldInProcess(job: TrainingJob): Promise<void> {
  for (let poll = 1; ; poll++) {
    const failure = await runChild(job);
    if (failure === undefined) return;
    // Of a worker that was killed on another machine: its lock is free after a minute.
    if (failure.code !== "busy" || poll === lockPolls) throw new Error(failure.message);
    await sleep(lockPollMs);
  }
}

async function runChild(job: TrainingJob): Promise<Failure | undefined> {
  const child = fork(program, [JSON.stringify(job)], {
    cwd: job.cwd,
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  let failure: Failure | undefined;
  child.on("message", (message: Failure) => {
    failure = message;
  });
  try {
    const [exitCode, signal]: (number | string | null)[] = await once(child, "exit");
    if (exitCode === 0) return undefined;
    const end = signal ?? `exit code ${exitCode}`;
    const message = `${join(job.cwd, job.recipe)}, fold ${job.fold}: the training ended (${end}).`;
    return failure ?? { code: "internal", message };
  } catch (error) {
    if (systemCode(error) !== "ENOENT") throw error;
    throw new UnfitWorker(new Error(`${job.cwd}: no such folder here.`, { cause: error }));
  }
}
