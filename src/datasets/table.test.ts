import { mkdtemp, open, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readHeader, readTable } from "./table.ts";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "undertone-table-"));
});
afterAll(() => rm(folder, { recursive: true }));

test("a table that is larger than memory should hold is not read", async () => {
  const path = join(folder, "huge.csv");
  const file = await open(path, "w");
  await file.truncate(300e6);
  await file.close();
  for (const read of [readTable, readHeader]) {
    await expect(read(path)).rejects.toMatchObject({ code: "dataset-invalid" });
  }
});

test.each([".csv", ".jsonl"])("a %s of Windows has the same rows", async (ending) => {
  const text = ending === ".csv" ? 'a,b\n1,"x\ny"\n2,z\n' : '{"a":"1"}\n{"a":"2"}\n';
  const paths = ["unix", "windows"].map((name) => join(folder, name + ending));
  await writeFile(paths[0]!, text);
  await writeFile(paths[1]!, `\u{FEFF}${text.replaceAll(/(?<!x)\n/g, "\r\n")}`);
  const [unix, windows] = await Promise.all(paths.map(readTable));
  expect(windows!.map(({ values }) => values)).toEqual(unix!.map(({ values }) => values));
  expect(unix).toHaveLength(2);
});
