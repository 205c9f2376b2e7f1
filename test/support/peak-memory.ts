import { readFile } from "node:fs/promises";

/** Resolves to the largest resident memory so far, in MB, of a process or of one that it started. Linux only: else 0. */
export async function peakMemoryOf(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "utf8").catch(() => "");
  const ownMb = Number(/VmHWM:\s*(\d+)/.exec(status)?.[1] ?? 0) / 1024;
  const children = await readFile(`/proc/${pid}/task/${pid}/children`, "utf8").catch(() => "");
  const peaks = children
    .split(" ")
    .filter(Boolean)
    .map((child) => peakMemoryOf(Number(child)));
  return Math.max(ownMb, ...(await Promise.all(peaks)));
}
