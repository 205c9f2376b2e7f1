import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { Subjects } from "./child.ts";
import type { Part } from "./subjects/parts.ts";

export interface Measured {
  /** Clips per second, GFLOP/s or multiples of real time. */
  readonly rate: number;
  /** Peak resident memory of the measuring process, Node itself included. */
  readonly peakMemoryMb: number;
  /** Where the time goes, for subjects that tell. */
  readonly parts?: readonly Part[];
}

/** Measures a subject in a separate process, whose peak memory is then the subject's. */
export async function measure<Subject extends keyof Subjects>(
  subject: Subject,
  options: Parameters<Subjects[Subject]>[0],
): Promise<Measured> {
  const script = `${import.meta.dirname}/child.ts`;
  const words = ["--import", "tsx", script, subject, JSON.stringify(options)];
  const { stdout } = await promisify(execFile)(process.execPath, words);
  return JSON.parse(stdout);
}

/**
 * Returns the median duration of `step` in seconds, over the calls that fit into `seconds` (at least three) after
 * three warm-up calls. The peers are timed in the same way.
 */
export async function medianSeconds(
  step: () => Promise<unknown>,
  seconds: number,
): Promise<number> {
  for (let warmUp = 0; warmUp < 3; warmUp++) await step();
  const times: number[] = [];
  const end = performance.now() + seconds * 1000;
  while (performance.now() < end || times.length < 3) {
    const start = performance.now();
    await step();
    times.push(performance.now() - start);
  }
  return times.toSorted((a, b) => a - b)[times.length >> 1]! / 1000;
}
