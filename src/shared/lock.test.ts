import { spawnSync } from "node:child_process";
import { mkdtemp, readdir, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { acquireLock } from "./lock.node.ts";

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

test("of many that find a dead process's lock, one takes it over", async () => {
  const path = await newPath();
  const { pid } = spawnSync(process.execPath, ["--version"]);
  await writeFile(path, JSON.stringify({ pid, host: hostname() }));
  const attempts = await Promise.allSettled(Array.from({ length: 20 }, () => acquireLock(path)));
  expect(attempts.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
});

test("a lock of another machine or one that cannot be read is left alone", async () => {
  for (const content of ['{"pid":1,"host":"elsewhere"}', "", "[]"]) {
    const path = await newPath();
    await writeFile(path, content);
    await expect(acquireLock(path)).rejects.toMatchObject({ code: "busy" });
  }
});
