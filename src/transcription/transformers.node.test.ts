import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { loadTransformers } from "./transformers.node.ts";

let folder = "";

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "undertone-packages-"));
  const found = join(folder, "node_modules/@huggingface/transformers");
  await mkdir(found, { recursive: true });
  await writeFile(join(found, "index.js"), "module.exports = { from: __dirname };");
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test("a package in the working directory is not loaded, one in a folder that the user names is", () => {
  const cwd = vi.spyOn(process, "cwd").mockReturnValue(folder);
  try {
    expect(() => loadTransformers({})).toThrow(expect.objectContaining({ code: "file-not-found" }));
  } finally {
    cwd.mockRestore();
  }
  expect(loadTransformers({ UNDERTONE_PACKAGES: folder })).toMatchObject({
    from: expect.stringContaining(folder),
  });
});
