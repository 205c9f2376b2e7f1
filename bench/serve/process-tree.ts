/** What a process and all that it started take, as Linux counts it. */
import { execFileSync } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";

/** Files of `/proc` that tell of processes. @see https://man7.org/linux/man-pages/man5/proc.5.html */
type Told = "stat" | "status";

/** Returns the most memory that the processes have held, each for itself, in MB. */
export async function peakMemoryMbOf(pid: number): Promise<number> {
  const told = await readTree(pid, "status");
  const peaksKb = told.map((status) => Number(/^VmHWM:\s+(\d+)/m.exec(status)?.[1] ?? 0));
  return peaksKb.reduce((sum, kb) => sum + kb, 0) / 1024;
}

/** Returns the processor time of the processes, and of those of theirs that have ended, in seconds. */
export async function cpuSecOf(pid: number): Promise<number> {
  const told = await readTree(pid, "stat");
  const ticks = told.map((stat) =>
    fieldsOf(stat)
      .slice(11, 15)
      .reduce((sum, field) => sum + Number(field), 0),
  );
  const ticksPerSec = Number(execFileSync("getconf", ["CLK_TCK"]).toString());
  return ticks.reduce((sum, each) => sum + each, 0) / ticksPerSec;
}

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
