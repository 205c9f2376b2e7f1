/** What a process and all that it started take, as Linux counts it. */
import { execFileSync } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";

/** From one look at the processes to the next. */
const lookMs = 100;

/** Files of `/proc` that tell of processes. @see https://man7.org/linux/man-pages/man5/proc.5.html */
type Told = "stat" | "status";

/** Returns the most memory that the processes have held, each for itself, in MB. */
export async function peakMemoryMbOf(pid: number): Promise<number> {
  const told = await readTree(pid, "status");
  return told.reduce((sum, status) => sum + peakKbIn(status), 0) / 1024;
}

/** Returns the processor time of the processes, and of those of theirs that have ended, in seconds. */
export async function cpuSecOf(pid: number): Promise<number> {
  const told = await readTree(pid, "stat");
  const ticks = told.map((stat) =>
    fieldsOf(stat)
      .slice(11, 15)
      .reduce((sum, field) => sum + Number(field), 0),
  );
  return secondsOf(ticks);
}

/**
 * Looks at a process and at all that it starts until it is told to stop, and then returns their processor time in seconds. A
 * parent that ends first takes none over of its children's, so each counts for itself, up to the last look at it.
 */
export function watchCpuSec(pid: number): () => Promise<number> {
  const ticks = new Map<string, number>();
  const stop = watchTree(pid, "stat", (stat) => {
    const fields = fieldsOf(stat);
    // A number that is given again has another start.
    const started = `${Number.parseInt(stat)} ${fields[19]}`;
    if (fields.length > 1) ticks.set(started, Number(fields[11]) + Number(fields[12]));
  });
  return async () => {
    await stop();
    return secondsOf(ticks.values());
  };
}

function secondsOf(ticks: Iterable<number>): number {
  const ticksPerSec = Number(execFileSync("getconf", ["CLK_TCK"]).toString());
  return [...ticks].reduce((sum, each) => sum + each, 0) / ticksPerSec;
}

/** Looks at a process and at all that it starts until it is told to stop, and then returns the most memory of one of them, in MB. */
export function watchLargestMb(pid: number): () => Promise<number> {
  let largestKb = 0;
  const stop = watchTree(pid, "status", (status) => {
    largestKb = Math.max(largestKb, peakKbIn(status));
  });
  return async () => {
    await stop();
    return largestKb / 1024;
  };
}

/** Passes on what is told of each process at each look; returns what ends the looks. */
function watchTree(pid: number, file: Told, onTold: (told: string) => void): () => Promise<void> {
  const over = new AbortController();
  const watching = (async () => {
    while (!over.signal.aborted) {
      for (const told of await readTree(pid, file)) onTold(told);
      await sleep(lookMs);
    }
  })();
  return async () => {
    over.abort();
    await watching;
  };
}

const peakKbIn = (status: string): number => Number(/^VmHWM:\s+(\d+)/m.exec(status)?.[1] ?? 0);

async function readTree(pid: number, file: Told): Promise<string[]> {
  const parents = new Map<number, number>();
  for (const name of await readdir("/proc")) {
    const stat = await readFile(`/proc/${name}/stat`, "utf8").catch(() => "");
    if (stat !== "") parents.set(Number(name), Number(fieldsOf(stat)[1]));
  }
  const tree = new Set([pid]);
  for (let size = 0; size < tree.size;) {
    size = tree.size;
    for (const [child, parent] of parents) if (tree.has(parent)) tree.add(child);
  }
  const read = (each: number): Promise<string> =>
    readFile(`/proc/${each}/${file}`, "utf8").catch(() => "");
  return Promise.all([...tree].map(read));
}

/** Fields of `/proc/PID/stat` from the state on: the name before it may hold anything. */
const fieldsOf = (stat: string): string[] => stat.slice(stat.lastIndexOf(")") + 2).split(" ");
