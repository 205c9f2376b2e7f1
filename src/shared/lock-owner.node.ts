import { readFile, readlink } from "node:fs/promises";
import { hostname } from "node:os";
import { z } from "zod";
import { systemCode } from "./files.node.ts";

/** Who holds a lock. What the system does not tell is `null`. */
export const ownerSchema = z.object({
  pid: z.int().positive(),
  host: z.string(),
  /** When the process started, so that a later process with its number is not taken for it. */
  startedAt: z.string().nullable(),
  /** Where process numbers mean the same: one boot of one machine, outside of containers or in one of them. */
  processes: z.string().nullable(),
});

export type LockOwner = z.infer<typeof ownerSchema>;

const orNull = (reading: Promise<string>): Promise<string | null> => reading.catch(() => null);

/** Resolves to this process, as the owner of locks. */
export async function thisOwner(): Promise<LockOwner> {
  const [boot, names, startedAt] = await Promise.all([
    orNull(readFile("/proc/sys/kernel/random/boot_id", "utf8")),
    orNull(readlink("/proc/self/ns/pid")),
    startOf(process.pid),
  ]);
  const processes = boot === null || names === null ? null : `${boot.trim()} ${names}`;
  return { pid: process.pid, host: hostname(), startedAt, processes };
}

/** In clock ticks since the machine started: the 22nd field, the 20th after the name, which may hold anything but ends by `)`. */
async function startOf(pid: number): Promise<string | null> {
  const text = await orNull(readFile(`/proc/${pid}/stat`, "utf8"));
  return text?.slice(text.lastIndexOf(")") + 2).split(" ")[19] ?? null;
}

/** Resolves to whether the process of an owner lives; `undefined` where this process cannot know. */
export async function isAlive(owner: LockOwner): Promise<boolean | undefined> {
  const own = await thisOwner();
  if (owner.processes !== own.processes) return undefined;
  if (owner.processes === null) {
    const isNowhere = owner.host === own.host && !isRunning(owner.pid);
    return isNowhere ? false : undefined;
  }
  const startedAt = await startOf(owner.pid);
  return startedAt !== null && startedAt === owner.startedAt;
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return systemCode(error) !== "ESRCH";
  }
}
