/**
 * A simulation of many workers. It assumes: recordings of a median of 6 minutes, log-normal, a tenth above 19 minutes; a
 * job takes the recorded time per second of sound, drawn anew for each, plus 50 ms of the queue and the file; workers are
 * as fast as the recorded one, times the share that a second worker reached; each loses its machine once in 24 hours on
 * average, and with it the job under way, which another one begins after a lease of 30 s; the disk and the database keep
 * up, whose load is told.
 */
import { Random } from "../../src/shared/random.ts";
import type { JobTime } from "./measure-rate.ts";

const medianSec = 360;
const spread = 0.9;
const overheadSec = 0.05;
const hoursToFailure = 24;
const leaseSec = 30;
const restartSec = 60;

interface Simulation {
  readonly workers: number;
  /** Of sound. */
  readonly hours: number;
  readonly jobs: readonly JobTime[];
  /** Of each worker, where others run. */
  readonly efficiency: number;
  readonly seed: number;
}

/** Returns a line of the table: how long it takes, and how well the workers are used. */
export function simulate({ workers, hours, jobs, efficiency, seed }: Simulation) {
  const random = new Random(seed, "queue", workers);
  const lengths = recordingsOf(hours, seed);
  const free = new Float64Array(workers);
  const queue = lengths.map((durationSec) => ({ durationSec, readySec: 0 }));
  let failures = 0;
  let busySec = 0;
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    const worker = free.indexOf(Math.min(...free));
    const { durationSec, tookSec } = random.pick(jobs);
    const length = (next.durationSec * tookSec) / durationSec / efficiency + overheadSec;
    const beginSec = Math.max(free[worker]!, next.readySec);
    const failsAfterSec = -Math.log(1 - random.uniform()) * hoursToFailure * 3600;
    if (failsAfterSec < length) {
      failures++;
      const failedSec = beginSec + failsAfterSec;
      free[worker] = failedSec + restartSec;
      queue.push({ ...next, readySec: failedSec + leaseSec });
      continue;
    }
    free[worker] = beginSec + length;
    busySec += length;
  }
  const endSec = Math.max(...free);
  return {
    workers,
    recordings: lengths.length,
    "takes, hours": Number((endSec / 3600).toFixed(2)),
    "busy, %": Number(((100 * busySec) / (endSec * workers)).toFixed(1)),
    "machines lost": failures,
    "jobs/s at the queue": Number((lengths.length / endSec).toFixed(2)),
  };
}

/** Lengths of recordings of so many hours together. */
function recordingsOf(hours: number, seed: number): number[] {
  const random = new Random(seed, "lengths");
  const lengths: number[] = [];
  for (let leftSec = hours * 3600; leftSec > 0; leftSec -= lengths.at(-1)!) {
    lengths.push(medianSec * Math.exp(spread * random.normal()));
  }
  return lengths;
}
