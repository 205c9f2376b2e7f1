import { mkdtemp, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { makeFolders } from "./make-folders.node.ts";

test("folders are made with those above, by several at once, and again", async () => {
  const root = await mkdtemp(join(tmpdir(), "undertone-folders-"));
  const deep = join(root, "a", "b", "c");
  await Promise.all([makeFolders(deep), makeFolders(deep), makeFolders(join(root, "a", "d"))]);
  await makeFolders(deep);
  expect((await stat(deep)).isDirectory()).toBe(true);
});

test("what cannot be made ends with the system's error", async () => {
  const root = await mkdtemp(join(tmpdir(), "undertone-folders-"));
  await writeFile(join(root, "file"), "");
  await expect(makeFolders(join(root, "file"))).rejects.toMatchObject({ code: "EEXIST" });
  await expect(makeFolders(join(root, "file", "a"))).rejects.toMatchObject({ code: "ENOTDIR" });
});

test.runIf(process.platform === "linux")(
  "nothing can be made in /proc, and that ends",
  async () => {
    await expect(makeFolders("/proc/undertone/a")).rejects.toMatchObject({ code: "ENOENT" });
  },
);
