import { randomBytes } from "node:crypto";
import { constants, copyFile, link, open, readFile, rm, stat } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { throwIfCancelled, UndertoneError } from "./errors.ts";
import { fileError, removeLeftovers, systemCode } from "./files.node.ts";
import { isAlive, ownerSchema, thisOwner, type LockOwner } from "./lock-owner.node.ts";

/** How often a lock is renewed, and after which time without renewal it counts as given up. */
const renewalMs = 10_000;
const staleMs = 60_000;

const pollsPerSec = 5;

const besides = (path: string): string => `${path}.${randomBytes(6).toString("hex")}.tmp`;

/** A file that is complete before it has its name. */
interface Claim {
  /** Open, to renew it whatever its name leads to by then. */
  readonly file: FileHandle;
  readonly content: string;
  /** Gives the name back, if it still leads to this file. */
  readonly release: () => Promise<void>;
}

/** Resolves to a claim, or to `undefined` where the name is taken. */
async function claim(path: string): Promise<Claim | undefined> {
  const content = `${JSON.stringify(await thisOwner())}\n`;
  const written = besides(path);
  let file: FileHandle | undefined;
  try {
    file = await open(written, "wx");
    await file.writeFile(content);
    const given = await giveName(path, written);
    if (given === "taken") {
      await file.close();
      return undefined;
    }
    if (given === "to a copy") {
      await file.close();
      file = await open(path, "r+");
    }
  } catch (error) {
    await file?.close();
    // A missing folder, not the lock file, is what the error should name.
    throw fileError(systemCode(error) === "ENOENT" ? dirname(path) : path, error);
  } finally {
    await rm(written, { force: true });
  }
  const kept = file;
  return {
    file,
    content,
    release: async () => {
      const isOwn = await leadsTo(path, kept);
      await kept.close();
      if (isOwn) await rm(path, { force: true });
    },
  };
}

/** Gives a written file its name, or on a file system without links the name to a copy of it, unless it is taken. */
async function giveName(path: string, written: string): Promise<"given" | "to a copy" | "taken"> {
  try {
    await link(written, path);
    return "given";
  } catch (error) {
    if (systemCode(error) === "EEXIST") return "taken";
  }
  try {
    await copyFile(written, path, constants.COPYFILE_EXCL);
    return "to a copy";
  } catch (error) {
    if (systemCode(error) === "EEXIST") return "taken";
    throw error;
  }
}

async function leadsTo(path: string, file: FileHandle): Promise<boolean> {
  const [named, held] = await Promise.all([stat(path).catch(() => undefined), file.stat()]);
  return named?.ino === held.ino && named.dev === held.dev;
}

/** What stands in the way: a lock file, as it was read. */
interface Found {
  readonly owner: LockOwner | undefined;
  readonly isGivenUp: boolean;
}

/** Resolves to the lock file at a path, or to `undefined` where there is none any more. */
async function find(path: string): Promise<Found | undefined> {
  const text = await readFile(path, "utf8").catch(() => undefined);
  if (text === undefined) return undefined;
  let owner: LockOwner | undefined;
  try {
    owner = ownerSchema.parse(JSON.parse(text));
  } catch {
    // Torn, empty or of another program: how old it is decides.
  }
  const lives = owner && (await isAlive(owner));
  return { owner, isGivenUp: lives === undefined ? await isStale(path) : !lives };
}

/** Resolves to the process that holds the lock file at `path`; `undefined` where none does, or it is not known to live here. */
export async function livingOwner(path: string): Promise<LockOwner | undefined> {
  const owner = (await find(path))?.owner;
  return owner && (await isAlive(owner)) ? owner : undefined;
}

/** Resolves to whether a process holds the lock file at `path`. */
export async function isLocked(path: string): Promise<boolean> {
  const found = await find(path);
  return found !== undefined && !found.isGivenUp;
}

/** Whether a file has not been written for a minute, by the clock of its own file system, which may have been set back since. */
async function isStale(path: string): Promise<boolean> {
  const now = besides(path);
  try {
    await (await open(now, "wx")).close();
    const [{ mtimeMs }, { mtimeMs: nowMs }] = await Promise.all([stat(path), stat(now)]);
    return Math.abs(nowMs - mtimeMs) > staleMs;
  } catch {
    return false;
  } finally {
    await rm(now, { force: true });
  }
}

/** Removes a lock that was given up. Of several processes that found it, one at a time looks again and does. */
async function remove(path: string): Promise<void> {
  const clearing = `${path}.clearing`;
  const guard = await claim(clearing);
  if (!guard) {
    if (await isStale(clearing)) await rm(clearing, { force: true });
    return;
  }
  try {
    const found = await find(path);
    if (found?.isGivenUp) await rm(path, { force: true });
  } catch (error) {
    throw fileError(path, error);
  } finally {
    await guard.release();
  }
}

/**
 * Acquires the lock file at `path`, which excludes other processes. It is renewed while it is held. That of a process that has
 * ended is taken over, and so is one that has not been renewed for a minute, where nothing else is known of its owner. What
 * killed processes left beside it is removed.
 * Resolves to a function that releases it.
 * @throws UndertoneError `busy` when another process holds it, `disk-full`, `file-not-found`, `file-unreadable`
 */
export async function acquireLock(path: string): Promise<() => Promise<void>> {
  let found: Found | undefined;
  for (const isLast of [false, true]) {
    const held = await claim(path);
    if (held) {
      await removeLeftovers(dirname(path), basename(path, ".lock"));
      return holding(held);
    }
    found = await find(path);
    if (!isLast && found?.isGivenUp) await remove(path);
  }
  throw new LockBusyError(path, found?.owner);
}

function holding({ file, content, release }: Claim): () => Promise<void> {
  let renewing: Promise<unknown> = Promise.resolve();
  const timer = setInterval(() => {
    renewing = file.write(content, 0).catch(() => undefined);
  }, renewalMs);
  timer.unref();
  return async () => {
    clearInterval(timer);
    await renewing;
    await release();
  };
}

/** Says who holds a lock. */
class LockBusyError extends UndertoneError {
  readonly holder: string;

  constructor(path: string, owner: LockOwner | undefined) {
    const holder = owner ? `process ${owner.pid} on ${owner.host}` : "another process";
    super(
      "busy",
      `${path} is locked by ${holder}. Wait for it; if it has ended without a trace, the lock is free after a minute.`,
    );
    this.holder = holder;
  }
}

export interface WaitOptions {
  readonly signal?: AbortSignal | undefined;
  /** Receives the seconds waited so far and who holds the lock, about once a second. */
  readonly onWait?: ((seconds: number, holder: string) => void) | undefined;
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
      if (!(error instanceof LockBusyError)) throw error;
      if (polls % pollsPerSec === 0) wait.onWait?.(polls / pollsPerSec, error.holder);
    }
    await sleep(1000 / pollsPerSec, undefined, { signal: wait.signal }).catch(() => undefined);
  }
}
