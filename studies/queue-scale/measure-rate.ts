/** How fast workers are that have a core each. */
import { execFileSync, type ChildProcess } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { finishedJobs, readBatchFiles } from "../../src/recognition/batch-folder.node.ts";
import { kill, startWorker, submit, writeRecordings } from "../queue-faults/workers.ts";

/** A job that was done: how long its recording is, and how long it took. */
export interface JobTime {
  readonly durationSec: number;
  readonly tookSec: number;
}

export interface Measured {
  readonly jobsPerSec: number;
  /** Of the worker and its child, without their start. */
  readonly cpuSecPerJob: number;
  /** Of one worker. */
  readonly jobs: readonly JobTime[];
}

interface MeasureOptions {
  /** A new folder's path, whose name others begin with. */
  readonly folder: string;
  readonly queue: string;
  /** The core of each worker. */
  readonly cores: readonly string[];
  readonly recordings: number;
}

/** From a quarter of a minute to one: short enough to have many. */
const durationsSec = [15, 30, 45, 60];

/** Seconds of sound that are analyzed before the measurement, and how many of them at once. */
const warmUpSec = 1;
const warmUpCount = 8;

const pollMs = 500;

/**
 * Measures workers that have opened their models, from when each has done about two recordings until one finds none left:
 * neither their start counts, nor that of the command that submits, nor that one waits at the end for another.
 */
export async function measureRate(options: MeasureOptions): Promise<Measured> {
  const { folder, queue, cores, recordings } = options;
  const workers = cores.map((core) => startWorker({ queue, cores: core }));
  try {
    for (let n = 0; !workers.every(hasChild); n++) {
      const warmUp = `${folder}-warm-up-${n}`;
      await writeRecordings(
        warmUp,
        Array.from({ length: warmUpCount }, () => warmUpSec),
        n,
      );
      await done(warmUp, `${warmUp}-results`, queue);
    }
    const lengths = Array.from(
      { length: recordings },
      (_, n) => durationsSec[n % durationsSec.length]!,
    );
    await writeRecordings(folder, lengths, 2);
    const before = cpuSec(workers);
    const out = `${folder}-results`;
    await done(folder, out, queue);
    const cpuSecPerJob = (cpuSec(workers) - before) / recordings;
    const all = await endTimes(out, lengths);
    const ends = all.slice(2 * cores.length, all.length - cores.length + 1);
    const tookSec = (ends.at(-1)!.endedSec - ends[0]!.endedSec) / (ends.length - 1);
    const jobs = ends.slice(1).map(({ durationSec, endedSec }, n) => ({
      durationSec,
      tookSec: endedSec - ends[n]!.endedSec,
    }));
    return { jobsPerSec: 1 / tookSec, cpuSecPerJob, jobs };
  } finally {
    for (const worker of workers) await kill(worker);
  }
}

async function done(folder: string, out: string, queue: string): Promise<void> {
  await submit(folder, out, queue);
  const files = await readBatchFiles(out);
  while ((await finishedJobs(out)).size < files.length) await sleep(pollMs);
}

/** When each result was written, by time, with the length of its recording. */
async function endTimes(out: string, lengths: readonly number[]) {
  const files = await readBatchFiles(out);
  const ends = await Promise.all(
    files.map(async ({ job }, n) => {
      const { mtimeMs } = await stat(join(out, "results", job!.slice(0, 2), `${job}.json`));
      return { durationSec: lengths[n]!, endedSec: mtimeMs / 1000 };
    }),
  );
  return ends.toSorted((a, b) => a.endedSec - b.endedSec);
}

/** Whether a worker has opened the models, which a child of it does at its first job. */
function hasChild({ pid }: ChildProcess): boolean {
  return processIds().some((each) => fieldsOf(each)[1] === String(pid));
}

const processIds = (): string[] => readdirSync("/proc").filter((name) => /^\d+$/.test(name));

/** Processor time of processes and their children so far. */
function cpuSec(processes: readonly ChildProcess[]): number {
  const ticksPerSec = Number(execFileSync("getconf", ["CLK_TCK"]).toString());
  const roots = processes.map(({ pid }) => String(pid));
  let ticks = 0;
  for (const pid of processIds()) {
    const fields = fieldsOf(pid);
    if (!roots.includes(pid) && !roots.includes(fields[1] ?? "")) continue;
    ticks += Number(fields[11]) + Number(fields[12]);
  }
  return ticks / ticksPerSec;
}

/** Fields of `/proc/PID/stat` from the state on; none where the process has ended. */
function fieldsOf(pid: string): string[] {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    return text.slice(text.lastIndexOf(")") + 2).split(" ");
  } catch {
    return [];
  }
}
