import { setTimeout as sleep } from "node:timers/promises";
import type { RunProgress } from "../api.ts";

/** A run's files are looked at this often: it may be trained by a process that knows nothing of the studio. */
const pollMs = 500;

/** @yields the progress of a run at first and whenever it has changed, until it no longer runs or the signal is aborted */
export async function* followRun(
  read: () => Promise<RunProgress>,
  signal: AbortSignal,
): AsyncGenerator<RunProgress> {
  let last = "";
  while (!signal.aborted) {
    const progress = await read();
    const text = JSON.stringify(progress);
    if (text !== last) yield progress;
    last = text;
    if (progress.status !== "running") return;
    await sleep(pollMs, undefined, { signal }).catch(() => undefined);
  }
}
