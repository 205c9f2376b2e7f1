import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { LogEntry } from "./log-entry.ts";
import { appendToLog, readLog } from "./results-log.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "undertone-log-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const entry: LogEntry = {
  date: "2026-01-02",
  recipe: "cnn",
  kind: "audio-cnn",
  corpus: "ravdess",
  protocol: "emobox",
  seeds: [1],
  folds: 6,
  speakers: 24,
  clips: 1440,
  classes: 8,
  test: { unweightedAverageRecall: { value: 0.6 } },
  verdict: "kept",
};

test("results are appended, one a line, and none is lost or repeated", async () => {
  const path = join(folder, "log.jsonl");
  expect(await readLog(path)).toEqual([]);
  await appendToLog(path, [entry]);
  const before = await readFile(path, "utf8");
  const better = { ...entry, test: { unweightedAverageRecall: { value: 1 / 1.5 } } };
  const again = { ...entry, date: "2026-03-04", clipMs: 9 };
  expect(await appendToLog(path, [better])).toEqual([better]);
  expect(await appendToLog(path, [again])).toEqual([]);
  const text = await readFile(path, "utf8");
  expect(text.startsWith(before)).toBe(true);
  expect(text.split("\n")).toHaveLength(3);
  const [, last] = await readLog(path);
  expect(last!.test.unweightedAverageRecall!.value).toBe(0.666667);
});

test("two results of one key are refused", async () => {
  const path = join(folder, "twice.jsonl");
  const other = { ...entry, clips: 7 };
  await expect(appendToLog(path, [entry, other])).rejects.toMatchObject({ code: "usage" });
  await appendToLog(path, [entry, { ...other, extraData: ["crema-d"] }]);
  expect(await readLog(path)).toHaveLength(2);
});

test.each(["{", "{}", '{"recipe":"cnn"}'])("a damaged line is named: %s", async (line) => {
  const path = join(folder, "damaged.jsonl");
  await writeFile(path, `${JSON.stringify(entry)}\n${line}\n`);
  await expect(appendToLog(path, [entry])).rejects.toMatchObject({
    code: "run-invalid",
    message: expect.stringContaining("line 2"),
  });
});
