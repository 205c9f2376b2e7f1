import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openFileFields } from "./file-fields.node.ts";

let folder = "";

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "undertone-fields-"));
});

afterAll(() => rm(folder, { recursive: true }));

async function tableOf(text: string, name = "table.csv"): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, text);
  return path;
}

test("a table is joined by path, name or name without extension; the nearest path wins", async () => {
  const metadata = await tableOf(
    "\uFEFFFile Name;team\r\nnorth\\1.wav;a\r\nsouth\\1.wav;b\r\nrecordings/2.mp3;c\r\n3;d\r\n3;e\r\n",
  );
  const files = ["/c/north/1.wav", "/c/south/1.wav", "/c/2.mp3", "/c/3.wav", "/c/1.wav"];
  const fields = await openFileFields({ metadata, files });
  expect(fields.names).toEqual(["team"]);
  expect(files.map((file) => fields.of(file))).toEqual([["a"], ["b"], ["c"], ["d"], [""]]);
  expect(fields.warnings).toEqual([
    expect.stringContaining("1 of 5 files are not in --metadata: 1.wav"),
    expect.stringContaining("of which the first counts: 1"),
  ]);
});

test("rows without a file are counted, columns of the summary's names are renamed", async () => {
  const metadata = await tableOf("path,language,agent\n1.wav,de,Sam\n2.wav,en,Eva\n9.wav,,\n");
  const files = ["/c/a_1.wav", "/c/1.wav"];
  const fields = await openFileFields({ metadata, namePattern: "{agent}_{n}", files });
  expect(fields.names).toEqual(["agent", "n", "meta_language", "meta_agent"]);
  expect(fields.of("/c/1.wav")).toEqual(["", "", "de", "Sam"]);
  expect(fields.of("/c/a_1.wav")).toEqual(["a", "1", "", ""]);
  expect(fields.warnings).toEqual([
    expect.stringContaining("do not match --name-pattern: 1.wav"),
    expect.stringContaining("not in --metadata: a_1.wav"),
    expect.stringContaining("without a file: 2"),
  ]);
});

test("a field cannot have the name of a column, and a table names its files", async () => {
  const none = { files: [] };
  for (const namePattern of ["{file}_{b}", "{share_sad}_{b}", "{a}_{error}"]) {
    await expect(openFileFields({ namePattern, ...none })).rejects.toMatchObject({ code: "usage" });
  }
  const metadata = await tableOf("team\nnorth\n");
  await expect(openFileFields({ metadata, ...none })).rejects.toMatchObject({
    code: "dataset-invalid",
  });
});

test("no two columns have one name", async () => {
  const metadata = await tableOf("path,a,meta_a,share_sad,error,meta_error\n1.wav,1,2,3,4,5\n");
  const files = ["/c/1.wav"];
  const fields = await openFileFields({ metadata, namePattern: "{meta_meta_a}-{a}", files });
  expect(fields.names).toEqual([
    "meta_meta_a",
    "a",
    "meta_meta_meta_a",
    "meta_a",
    "meta_share_sad",
    "meta_meta_error",
    "meta_error",
  ]);
  expect(fields.of("/c/1.wav")).toEqual(["", "", "1", "2", "3", "4", "5"]);
});

test.each([
  ["table.csv", "path,team,team\n1.wav,north,south\n"],
  ["table.jsonl", '{"path":"1.wav","team":{"name":"north"}}\n'],
  ["table.jsonl", '{"path":"1.wav","team":["north"]}\n'],
])("%s with %j has no text in its column", async (name, text) => {
  const metadata = await tableOf(text, name);
  const opened = openFileFields({ metadata, files: [] });
  await expect(opened).rejects.toMatchObject({
    code: "dataset-invalid",
    message: expect.stringMatching(/line \d: column "team"/),
  });
});

test("what JSON has beside objects is text", async () => {
  const text = '{"path":"1.wav","a":true,"b":7,"c":null,"d":" x "}\n';
  const fields = await openFileFields({ metadata: await tableOf(text, "t.jsonl"), files: [] });
  expect(fields.of("/c/1.wav")).toEqual(["true", "7", "", "x"]);
});
