import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { expect, test } from "vitest";
import { readResults } from "./results-file.ts";
import { resultsPage } from "./results-page.ts";
import type { RunResult } from "./run-result.ts";

const docs = resolve(import.meta.dirname, "../../docs");
const committed = await readResults(resolve(docs, "results.json"));

test("the page in the documentation is what its numbers make", async () => {
  expect(await readFile(resolve(docs, "results.md"), "utf8")).toBe(resultsPage(committed));
});

const fast = { cpu: "Fast_1", cores: 8 };
const small = { cpu: "Small", cores: 1 };
const resultOf = (name: string, change: Partial<RunResult>): RunResult => {
  const { serving: _, ...result } = committed.find(
    ({ trainedOn, usesTextOnly }) => trainedOn === undefined && !usesTextOnly,
  )!;
  return { ...result, name, ...change };
};

const cells = (line: string): string[] => line.split("|").map((text) => text.trim());

/** Cells of a run's row, by the heads of their columns. */
function row(page: string, name: string): Record<string, string> {
  const lines = page.split("\n");
  const index = lines.findIndex((line) => line.startsWith(`| ${name} `));
  const head = lines.slice(0, index).findLast((line) => line.startsWith("| run"))!;
  const values = cells(lines[index]!);
  return Object.fromEntries(cells(head).map((title, column) => [title, values[column]!]));
}

test("size and time stand where they were measured, with the machines", () => {
  const page = resultsPage([
    resultOf("large", { serving: { sizeBytes: 20_960_000, clipMs: 104.4, machine: fast } }),
    resultOf("little", { serving: { sizeBytes: 812_345, clipMs: 3.26, machine: small } }),
    resultOf("unknown", {}),
    resultOf("reading", { usesTextOnly: true }),
  ]);
  expect(row(page, "large")).toMatchObject({ MB: "21.0", "ms a clip": "104" });
  expect(row(page, "little")).toMatchObject({ MB: "0.8", "ms a clip": "3.3" });
  expect(row(page, "unknown")).toMatchObject({ MB: "", "ms a clip": "" });
  expect(row(page, "reading")).not.toHaveProperty("MB");
  expect(page).toContain("on one thread of Fast\\_1 (8 cores) or Small (1 core).");
  expect(page).toContain("0.8 MB, 3.3 ms a clip on Small (1 core).");
});

test("a table of which nothing was measured has no such columns", () => {
  const page = resultsPage([resultOf("unknown", {})]);
  expect(row(page, "unknown")).not.toHaveProperty("MB");
  expect(page).not.toContain("ms a clip");
});
