import { readFile, rm, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { z } from "zod";
import { UndertoneError } from "./errors.ts";
import { fileError, systemCode } from "./files.node.ts";

const ownerSchema = z.object({ pid: z.int().positive(), host: z.string() });

async function create(path: string): Promise<boolean> {
  const owner = JSON.stringify({ pid: process.pid, host: hostname() });
  try {
    await writeFile(path, `${owner}\n`, { flag: "wx" });
    return true;
  } catch (error) {
    if (systemCode(error) === "EEXIST") return false;
    throw fileError(path, error);
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

/** Whether the process that made the lock ended without removing it. */
async function isAbandoned(path: string): Promise<boolean> {
  const text = await readFile(path, "utf8").catch(() => "");
  try {
    const { pid, host } = ownerSchema.parse(JSON.parse(text));
    return host === hostname() && !isRunning(pid);
  } catch {
    return false;
  }
}

/** Removes an abandoned lock; of several processes that try, one does. */
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
 * Keeps other processes from the same work by a file at `path`; a lock whose process is gone
 * is taken over. Returns the function that gives it back.
 * @throws UndertoneError `busy` when another process holds it
 */
export async function acquireLock(path: string): Promise<() => Promise<void>> {
  if (!(await create(path))) {
    await clearAbandoned(path);
    if (!(await create(path))) {
      throw new UndertoneError(
        "busy",
        `Another process is at work here: it holds ${path}. Wait for it, or delete that file if no such process is left.`,
      );
    }
  }
  return () => rm(path, { force: true });
}
