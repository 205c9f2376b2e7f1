import { mkdtemp, readFile, rm, stat, utimes } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { analysisSettings as settings } from "../../test/support/analysis-settings.ts";
import { analysis } from "../../test/support/analysis.ts";
import { printed } from "../../test/support/printed.ts";
import type { FileResult } from "../recognition/file-result.node.ts";
import { createList, pageOf } from "./analysis-pages.ts";

const resultOf = (file: string): FileResult => ({
  file,
  sizeBytes: 1,
  modifiedMs: 1,
  settings,
  ...analysis,
});

let folder = "";

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "undertone-list-"));
});

afterAll(() => rm(folder, { recursive: true }));

const files = ["/gone/1.wav", "/gone/2.wav"];
const out = (): string => join(folder, "new", "calls.html");

function listOf(agent: string): ReturnType<typeof createList> {
  const fields = { names: ["agent"], of: () => [agent], warnings: [] };
  const { signal } = new AbortController();
  return createList({ out: out(), fields, moments: undefined, signal }, []);
}

/** Ends a list of results that an earlier process kept. */
async function resume(agent: string): Promise<void> {
  const list = listOf(agent);
  for (const file of files) await list.print(JSON.parse(JSON.stringify(resultOf(file))));
  await printed(() => list.end({ isComplete: true, ignored: {} }));
}

test("a resumed list writes the pages that are gone or have other fields, and no others", async () => {
  for (const file of files) await listOf("Sam").prepare!(resultOf(file));
  const [first, second] = files.map((file) => pageOf(out(), file));
  await utimes(first!, 1, 1);
  await rm(second!);
  await resume("Sam");
  expect((await stat(first!)).mtimeMs).toBe(1000);
  expect(await readFile(second!, "utf8")).toContain("<bdi>Sam</bdi>");
  await resume("Eva");
  for (const page of [first!, second!]) {
    expect(await readFile(page, "utf8")).toContain("<bdi>Eva</bdi>");
  }
});

test.skipIf(process.platform === "win32")("only the user can read pages", async () => {
  await listOf("Sam").prepare!(resultOf(files[0]!));
  await resume("Sam");
  const page = pageOf(out(), files[0]!);
  for (const path of [out(), page, join(page, ".."), join(folder, "new")]) {
    expect((await stat(path)).mode & 0o077).toBe(0);
  }
});
