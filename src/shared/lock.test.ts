import { spawnSync } from "node:child_process";
import { link, mkdtemp, readdir, readFile, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { setImmediate } from "node:timers/promises";
import { join } from "node:path";
import { describe, expect, test, vi } from "vitest";
import { thisOwner } from "./lock-owner.node.ts";
import { acquireLock, livingOwner, withLock } from "./lock.node.ts";

vi.mock(import("node:fs/promises"), { spy: true });

const newPath = async (): Promise<string> =>
  join(await mkdtemp(join(tmpdir(), "undertone-lock-")), "results.lock");

test("one holds the lock, and others are refused until it is given back", async () => {
  const path = await newPath();
  const release = await acquireLock(path);
  await expect(acquireLock(path)).rejects.toMatchObject({ code: "busy" });
  await release();
  await (
    await acquireLock(path)
  )();
  expect(await readdir(join(path, ".."))).toEqual([]);
});

test("where there is no folder for it, the folder is named", async () => {
  const folder = join(await newPath(), "nowhere");
  const refused = { code: "file-not-found", message: expect.stringMatching(/nowhere: no such/) };
  await expect(acquireLock(join(folder, "own.lock"))).rejects.toMatchObject(refused);
});

/** Leaves a lock file behind that was last written some seconds ago. */
async function leave(content: string | object, secondsAgo = 0): Promise<string> {
  const path = await newPath();
  await writeFile(path, typeof content === "string" ? content : JSON.stringify(content));
  const written = new Date(Date.now() - 1000 * secondsAgo);
  await utimes(path, written, written);
  return path;
}

const own = await thisOwner();
const { pid: endedPid } = spawnSync(process.execPath, ["--version"]);

test("of many that find a dead process's lock, one at a time holds it", async () => {
  let holders = 0;
  let taken = 0;
  async function takeOver(path: string): Promise<void> {
    const release = await acquireLock(path);
    taken++;
    expect(++holders).toBe(1);
    await setImmediate();
    holders--;
    await release();
  }
  for (let round = 0; round < 20; round++) {
    const path = await leave({ ...own, pid: endedPid });
    const attempts = await Promise.allSettled(Array.from({ length: 20 }, () => takeOver(path)));
    const refused = attempts.filter((attempt) => attempt.status === "rejected");
    const busy: unknown = expect.objectContaining({ code: "busy" });
    expect(refused.map(({ reason }): unknown => reason)).toEqual(refused.map(() => busy));
    expect(await readdir(join(path, ".."))).toEqual([]);
  }
  expect(taken).toBeGreaterThanOrEqual(20);
});

test("the lock of a process that has another one's number is taken over at once", async () => {
  const path = await leave({ ...own, startedAt: "1" });
  await (
    await acquireLock(path)
  )();
  expect(await readdir(join(path, ".."))).toEqual([]);
});

test("the lock of a living process is held, however old it is", async () => {
  const path = await leave(own, 3600);
  await expect(acquireLock(path)).rejects.toMatchObject({ code: "busy" });
});

describe.each([
  ["of another machine", { ...own, host: "elsewhere", processes: "another boot" }],
  ["of another container, with the same host name", { ...own, pid: 1, processes: "other names" }],
  ["of an earlier version", { pid: 1, host: "elsewhere" }],
  ["that is torn", '{"pid":1,"ho'],
  ["that is empty", ""],
  ["that is no lock", "\0\0[]"],
])("a lock %s", (_, content) => {
  test("is left alone for a minute", async () => {
    const path = await leave(content, 30);
    await expect(acquireLock(path)).rejects.toMatchObject({ code: "busy" });
    expect(await readFile(path, "utf8")).toContain(
      typeof content === "string" ? content : content.host,
    );
  });

  test("is taken over when it has not been renewed", async () => {
    const path = await leave(content, 61);
    await (
      await acquireLock(path)
    )();
    expect(await readdir(join(path, ".."))).toEqual([]);
  });
});

test("what a process left that was killed while it removed a lock blocks nobody for ever", async () => {
  const path = await leave("", 61);
  await writeFile(`${path}.clearing`, "");
  const old = new Date(Date.now() - 61_000);
  await expect(acquireLock(path)).rejects.toMatchObject({ code: "busy" });
  await utimes(`${path}.clearing`, old, old);
  await expect(acquireLock(path)).rejects.toMatchObject({ code: "busy" });
  await (
    await acquireLock(path)
  )();
});

test("where the file system has no links, a lock is a copy that excludes the same", async () => {
  vi.mocked(link).mockRejectedValue(Object.assign(new Error("no links"), { code: "EPERM" }));
  const path = await newPath();
  const release = await acquireLock(path);
  await expect(acquireLock(path)).rejects.toMatchObject({ code: "busy" });
  expect(await livingOwner(path)).toEqual(own);
  await release();
  expect(await readdir(join(path, ".."))).toEqual([]);
  vi.mocked(link).mockReset();
});

test("a lock that was given to another one is not taken from it", async () => {
  const path = await newPath();
  const release = await acquireLock(path);
  await rm(path);
  await writeFile(path, "another one's");
  await release();
  expect(await readFile(path, "utf8")).toBe("another one's");
});

test("who waits is told for whom, and ends when told to", async () => {
  const path = await newPath();
  const release = await acquireLock(path);
  const stop = new AbortController();
  const onWait = vi.fn<(seconds: number, holder: string) => void>(() => stop.abort());
  const waiting = withLock(path, async () => "done", { signal: stop.signal, onWait });
  await expect(waiting).rejects.toMatchObject({ code: "cancelled" });
  expect(onWait).toHaveBeenCalledWith(0, expect.stringContaining(`process ${process.pid} on `));
  await release();
});

test("the owner of a lock is known while its process lives", async () => {
  const path = await newPath();
  const release = await acquireLock(path);
  expect(await livingOwner(path)).toEqual(own);
  await release();
  expect(await livingOwner(path)).toBeUndefined();
  expect(await livingOwner(await leave({ ...own, pid: endedPid }))).toBeUndefined();
  expect(await livingOwner(await leave({ ...own, processes: "another boot" }))).toBeUndefined();
});
