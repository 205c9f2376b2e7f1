import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "csv-parse/sync";
import { afterAll, beforeAll, expect, test } from "vitest";
import { analysisSettings as settings } from "../../test/support/analysis-settings.ts";
import { analysis } from "../../test/support/analysis.ts";
import { call } from "../../test/support/call.ts";
import { printed } from "../../test/support/printed.ts";
import type { FileResult } from "../recognition/file-result.node.ts";
import { createSummary } from "./summary-file.ts";

const found = { sizeBytes: 1, modifiedMs: 1, settings };
const failed: FileResult = {
  ...found,
  file: "/c/=bad.wav",
  error: { code: "audio-empty", message: "+empty" },
};
const results: readonly FileResult[] = [
  failed,
  { ...found, file: "/c/1.wav", ...call, warnings: ["Odd.", "Very odd."] },
];
const fields = { names: ["agent"], of: () => ["=Sam"], warnings: [] };

let folder = "";

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "undertone-summary-"));
});

afterAll(() => rm(folder, { recursive: true }));

async function written(name: string, given = results, bom = false): Promise<string> {
  const path = join(folder, name);
  const summary = createSummary(path, { bom, fields });
  for (const result of given) await summary.print(result);
  await printed(() => summary.end({ isComplete: true, ignored: {} }));
  return readFile(path, "utf8");
}

test("there is a row for each recording and speaker, and one for what failed", async () => {
  const records: Record<string, string>[] = parse(await written("a.csv"), { columns: true });
  expect(records.map(({ file, speaker }) => [file, speaker])).toEqual([
    ["/c/=bad.wav", ""],
    ["/c/1.wav", "agent"],
    ["/c/1.wav", "customer"],
  ]);
  expect(records[0]).toMatchObject({ agent: "'=Sam", durationSec: "", error: "'+empty" });
  expect(records[2]).toMatchObject({
    channel: "2",
    agent: "'=Sam",
    durationSec: "60",
    overlapSec: "1.2",
    strongestNegativeSec: "19.1",
    share_fearful: "0",
    language: "en",
    incomplete: "false",
    warnings: "Odd. Very odd.",
    error: "",
  });
  const { negative, neutral, positive } = records[2]!;
  expect(Number(negative) + Number(neutral) + Number(positive)).toBeCloseTo(1);
});

test("every format has the same columns", async () => {
  const [header = ""] = (await written("b.csv")).split("\n");
  const columns = header.split(",");
  expect((await written("b.tsv")).split("\n")[0]).toBe(columns.join("\t"));
  const lines = (await written("b.jsonl")).trimEnd().split("\n");
  expect(lines.map((line) => Object.keys(JSON.parse(line)))).toEqual(Array(3).fill(columns));
  const document: unknown = JSON.parse(await written("b.json"));
  expect(document).toEqual(lines.map((line) => JSON.parse(line)));
});

test("a byte order mark stands once; nothing but failures and nothing at all are tables too", async () => {
  expect(await written("c.csv", results, true)).toMatch(/^\uFEFFfile,[^\uFEFF]*$/);
  expect((await written("d.csv", [failed])).split("\n")).toHaveLength(3);
  expect(JSON.parse(await written("e.json", []))).toEqual([]);
});

test("without speakers there is one row", async () => {
  const rows = await written("f.csv", [{ ...found, file: "/c/2.wav", ...analysis }]);
  expect(rows.trimEnd().split("\n")).toHaveLength(2);
});
