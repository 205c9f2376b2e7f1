import { readFile, rm, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { throwIfCancelled, UndertoneError } from "./errors.ts";
import { fileError, systemCode } from "./files.node.ts";

const pollsPerSec = 5;

const ownerSchema = z.object({ pid: z.int().positive(), host: z.string() });

async function create(path: string): Promise<boolean> {
  const owner = JSON.stringify({ pid: process.pid, host: hostname() });
  try {
    await writeFile(path, `${owner}\n`, { flag: "wx" });
    return true;
  } catch (error) {
    if (systemCode(error) === "EEXIST") return false;
    // A missing folder, not the lock file, is what the error should name.
    throw fileError(systemCode(error) === "ENOENT" ? dirname(path) : path, error);
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return systemCode(error) !== "ESRCH";
  }
}

/** Whether the process that created the lock ended without removing it. */
async function isAbandoned(path: string): Promise<boolean> {
  const text = await readFile(path, "utf8").catch(() => "");
  try {
    const { pid, host } = ownerSchema.parse(JSON.parse(text));
    return host === hostname() && !isRunning(pid);
  } catch {
    return false;
  }
}

/** Removes an abandoned lock; of several concurrent processes, one does. */
async function clearAbandoned(path: string): Promise<void> {
  const clearing = `${path}.clearing`;
  if (!(await isAbandoned(path)) || !(await create(clearing))) return;
  try {
    if (await isAbandoned(path)) await rm(path, { force: true });
  } finally {
    await rm(clearing, { force: true });
  }
}

/**
 * Acquires the lock file at `path`, which excludes other processes; the lock of a process that has ended is taken over.
 * Resolves to a function that releases it.
 * @throws UndertoneError `busy` when another process holds it
 */
export async function acquireLock(path: string): Promise<() => Promise<void>> {
  if (!(await create(path))) {
    await clearAbandoned(path);
    if (!(await create(path))) {
      throw new UndertoneError(
        "busy",
        `Another process has locked ${path}. Wait for it, or delete the file if that process has ended.`,
      );
    }
  }
  return () => rm(path, { force: true });
}

export interface WaitOptions {
  readonly signal?: AbortSignal | undefined;
  /** Receives the seconds waited so far, about once a second. */
  readonly onWait?: ((seconds: number) => void) | undefined;
}

/**
 * Runs `work` under a lock. With `wait` it waits for another process that holds the lock instead of failing.
 * @throws UndertoneError `busy` when another process holds the lock, `cancelled`
 */
export async function withLock<T>(
  path: string,
  work: () => Promise<T>,
  wait?: WaitOptions,
): Promise<T> {
  const release = await (wait === undefined ? acquireLock(path) : waitForLock(path, wait));
  try {
    return await work();
  } finally {
    await release();
  }
}

async function waitForLock(path: string, wait: WaitOptions): Promise<() => Promise<void>> {
  for (let polls = 0; ; polls++) {
    throwIfCancelled(wait.signal);
    try {
      return await acquireLock(path);
    } catch (error) {
      if (!(error instanceof UndertoneError && error.code === "busy")) throw error;
    }
    if (polls % pollsPerSec === 0) wait.onWait?.(polls / pollsPerSec);
    await sleep(1000 / pollsPerSec, undefined, { signal: wait.signal }).catch(() => undefined);
  }
}
