import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { Subjects } from "./child.ts";

export interface Measured {
  /** Clips per second, GFLOP/s or multiples of real time. */
  readonly rate: number;
  /** Peak resident memory of the measuring process, Node itself included. */
  readonly peakMemoryMb: number;
}

/** Measures a subject in a process of its own, so that its peak memory is its own. */
export async function measure<Subject extends keyof Subjects>(
  subject: Subject,
  options: Parameters<Subjects[Subject]>[0],
): Promise<Measured> {
  const script = `${import.meta.dirname}/child.ts`;
  const { stdout } = await promisify(execFile)(process.execPath, [
    "--import",
    "tsx",
    script,
    subject,
    JSON.stringify(options),
  ]);
  return JSON.parse(stdout);
}
