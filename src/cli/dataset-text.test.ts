import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { checkCommand } from "./dataset-check.ts";
import { statsCommand } from "./dataset-stats.ts";

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "texts-"));
  await writeFile(join(folder, "train.txt"), "a b;joy\na b;sadness\nc;joy\nd e f;love\ng;anger\n");
  await writeFile(join(folder, "val.txt"), "h i;joy\ng;joy\n");
  await writeFile(join(folder, "test.txt"), "c;sadness\n");
});
afterEach(() => vi.restoreAllMocks());
afterAll(() => rm(folder, { recursive: true, force: true }));

/** What a command prints, for people or as JSON. */
async function printed(run: () => Promise<unknown>): Promise<string> {
  const lines: string[] = [];
  vi.spyOn(console, "log").mockImplementation((line = "") => void lines.push(`${line}\n`));
  vi.spyOn(process.stdout, "write").mockImplementation((part) => {
    lines.push(String(part));
    return true;
  });
  await run();
  return lines.join("");
}

const stats = (...rest: string[]) =>
  printed(() => statsCommand.parseAsync([folder, ...rest], { from: "user" }));
const check = (...rest: string[]) =>
  printed(() => checkCommand.parseAsync([folder, ...rest], { from: "user" }));

test("stats of a corpus of texts: a row for each split, lengths in words, what was left out", async () => {
  const text = await stats();
  expect(text).toMatch(/^split +happy +sad +texts$/m);
  expect(text).toMatch(/^train +1 +1 +2$/m);
  expect(text).toMatch(/^all +3 +2 +5$/m);
  expect(text).toContain("dair-emotion: 5 texts of 5 speakers or dialogues");
  expect(text).toContain("Words in a text: median 2, p95 2, max 2");
  expect(text).toContain('Left out: 1 (label "love")');
  expect(text).toContain("Left out: 2 (training text that validation or test has too)");
  expect(JSON.parse(await stats("--json"))).toMatchObject({
    corpus: "dair-emotion",
    texts: 5,
    speakers: 5,
    emotions: { happy: 3, sad: 2 },
    splits: { train: { texts: 2 }, validation: { texts: 2 }, test: { texts: 1 } },
    words: { median: 2, p95: 2, max: 2 },
    leftOut: [{ count: 1 }, { count: 2 }],
  });
});

test("check of a corpus of texts: same words under several emotions", async () => {
  const text = await check();
  expect(text).toContain('same words under several emotions (note): 1\n  2 × "a b": happy, sad\n');
  expect(text).toContain("dair-emotion: 5 texts, no problems.");
  expect(JSON.parse(await check("--json"))).toMatchObject({
    corpus: "dair-emotion",
    root: folder,
    clips: 5,
    problems: 0,
    notes: 1,
    findings: [{ severity: "note", clips: ["train-1", "train-2"], detail: '"a b": happy, sad' }],
  });
});

test("texts have no picture", async () => {
  await expect(stats("--picture", "x.svg")).rejects.toMatchObject({
    code: "usage",
  });
});
