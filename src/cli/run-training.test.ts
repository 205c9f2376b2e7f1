import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { continuation } from "./run-training.ts";

test("the hint after Ctrl-C is true of how far the training has come", async () => {
  const root = await mkdtemp(join(tmpdir(), "continuation-"));
  const run = join(root, "run");
  expect(await continuation(run, false)).toMatch(/^No epoch has begun: the same command starts/);
  await mkdir(join(run, "fold-1"), { recursive: true });
  await writeFile(join(run, "run.json"), "{}");
  expect(await continuation(run, false)).toMatch(/^No epoch is finished: .* --resume starts/);
  await writeFile(join(run, "fold-1", "checkpoint.bin"), "");
  expect(await continuation(run, false)).toBe(
    "The same command with --resume continues after the last finished epoch.",
  );
  expect(await continuation(run, true)).toMatch(/^The same command continues/);
  await rm(root, { recursive: true });
});
