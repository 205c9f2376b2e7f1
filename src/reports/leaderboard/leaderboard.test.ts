import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { expect, test } from "vitest";
import { leaderboard } from "./leaderboard.ts";
import type { LogEntry } from "./log-entry.ts";
import { readLog } from "./results-log.ts";

const docs = resolve(import.meta.dirname, "../../../docs");
const log = await readLog(resolve(docs, "results-log.jsonl"));

test("the page in the documentation is what its log makes, and is one page", async () => {
  const page = await readFile(resolve(docs, "results.md"), "utf8");
  expect(page).toBe(leaderboard(log));
  expect(page.split("\n").length).toBeLessThanOrEqual(150);
});

const entryOf = (recipe: string, recall: number, change: Partial<LogEntry> = {}): LogEntry => ({
  date: "2026-01-02",
  recipe,
  kind: "audio-cnn",
  corpus: "ravdess",
  protocol: "emobox",
  seeds: [1],
  folds: 6,
  speakers: 24,
  clips: 1440,
  classes: 8,
  test: { unweightedAverageRecall: { value: recall, low: 0.1, high: 0.9 } },
  verdict: "kept",
  ...change,
});

/** The sections of a page by their headings. */
const sectionsOf = (page: string): ReadonlyMap<string, string> =>
  new Map(
    page
      .split("\n## ")
      .slice(1)
      .map((text) => [text.split("\n")[0]!, text]),
  );

/** First cells of the rows of a section. */
const firstCells = (section: string | undefined): string[] =>
  [...section!.matchAll(/^\| (\S+) +\|/gm)].map(([, name]) => name!).slice(2);

test("the latest result of a recipe counts, best first, and what lost is left out", () => {
  const page = leaderboard([
    entryOf("cnn", 0.5),
    entryOf("flop", 0.9, { verdict: "lost" }),
    entryOf("probe", 0.7, { sizeBytes: 20_960_000, clipMs: 3.26, machine: "Fast_1, 8 cores" }),
    entryOf("cnn", 0.6),
  ]);
  const section = sectionsOf(page).get("ravdess, protocol `emobox`");
  expect(firstCells(section)).toEqual(["probe", "cnn"]);
  expect(section).toMatch(/\| probe +\| \*\*70\.0\*\* \(10\.0 to 90\.0\) .*\| 21\.0 +\| 3\.3 /);
  expect(section).toContain("**60.0**");
  expect(page).not.toContain("flop");
  expect(page).toContain("Fast\\_1, 8 cores");
});

test("leaky, cross-corpus and text-only results stand apart", () => {
  const sections = sectionsOf(
    leaderboard([
      entryOf("held", 0.6),
      entryOf("shared", 0.9, { protocol: "random" }),
      entryOf("abroad", 0.4, { trainedOn: ["crema-d"], protocol: "cross-corpus" }),
      entryOf("words", 0.4, { kind: "text-gru", corpus: "meld", protocol: "official" }),
      entryOf("pair-words", 0.3, { kind: "text-gru", corpus: "pairs", protocol: "official" }),
      entryOf("pair-fusion", 0.5, {
        kind: "fusion-late",
        corpus: "pairs",
        protocol: "official",
        robustness: { "wer-30": 0.45 },
      }),
    ]),
  );
  expect(firstCells(sections.get("ravdess, protocol `emobox`"))).toEqual(["held"]);
  expect(sections.get("Random split: leaky")).toContain("shared");
  expect(sections.get("Cross-corpus")).toMatch(/\| crema-d +\| ravdess +\| abroad /);
  expect(sections.get("Text only")).toContain("words");
  const pairs = sections.get("pairs, protocol `official`");
  expect(firstCells(pairs)).toEqual(["pair-fusion", "pair-words"]);
  expect(pairs).toMatch(/\| wer-30 [^]*\| 45\.0 /);
});

test("no name breaks a table", () => {
  const page = leaderboard([entryOf("a|b<script>", 0.6)]);
  expect(page).toContain("a\\|b\\<script\\>");
  expect(page).not.toContain("<script>");
});
