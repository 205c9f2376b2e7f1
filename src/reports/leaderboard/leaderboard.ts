import { isLeaky } from "../../runs/evaluate-run.ts";
import { atAGlance } from "./at-a-glance.ts";
import {
  adaptedColumn,
  chanceColumn,
  corpusColumn,
  costColumns,
  metricColumn,
  recipeColumn,
  resultsTable,
  robustnessColumns,
  scoreColumns,
  trainedOnColumn,
  validationColumn,
  type Column,
} from "./columns.ts";
import { howMeasured } from "./how-measured.ts";
import { keyOf, type LogEntry } from "./log-entry.ts";
import { cell, table } from "./markdown.ts";
import { published } from "./published-results.ts";

/** Returns the results page in Markdown: of each recipe in a log the latest line that none supersedes, where it is kept. */
export function leaderboard(log: readonly LogEntry[]): string {
  const valid = log.filter(({ verdict }) => verdict !== "superseded");
  const latest = new Map(valid.map((entry) => [keyOf(entry), entry]));
  const kept = [...latest.values()]
    .filter(({ verdict }) => verdict === "kept")
    .toSorted((a, b) => recallOf(b) - recallOf(a));
  const crossed = kept.filter(({ trainedOn }) => trainedOn !== undefined);
  const leaky = kept.filter(({ protocol }) => isLeaky(protocol));
  const tests = new Map<string, LogEntry[]>();
  for (const entry of kept) {
    if (crossed.includes(entry) || leaky.includes(entry)) continue;
    const test = `${cell(entry.corpus)}, protocol \`${entry.protocol}\``;
    tests.set(test, [...(tests.get(test) ?? []), entry]);
  }
  const ranked = [...tests].toSorted(([, a], [, b]) => b.length - a.length);
  const text = ranked.flatMap(([, entries]) => (isTextOnly(entries) ? entries : []));
  return `${[
    introduction,
    ...atAGlance(kept),
    ...ranked.flatMap(([test, entries]) =>
      isTextOnly(entries)
        ? []
        : section(test, [...audioColumns, ...robustnessColumns(entries), ...costColumns], entries),
    ),
    ...section("Random split: leaky", [corpusColumn, ...audioColumns, ...costColumns], leaky),
    ...section("Cross-corpus", crossColumns, crossed),
    ...section("Text only", textColumns, text),
    ...publishedSections(kept),
    howMeasured(kept),
  ].join("\n\n")}\n`;
}

const recallOf = ({ test }: LogEntry): number => test.unweightedAverageRecall?.value ?? 0;

const isTextOnly = (entries: readonly LogEntry[]): boolean =>
  entries.every(({ kind }) => kind.startsWith("text-"));

const introduction = `# Results

<!-- Written by \`undertone results\` from results-log.jsonl. Do not edit: run the command again. -->

The latest result of each recipe that is kept, by test UAR. All scores are in per cent. [results-log.jsonl](results-log.jsonl) has every result, also of ideas that lost.`;

const audioColumns: readonly Column[] = [
  recipeColumn,
  ...scoreColumns,
  validationColumn,
  adaptedColumn,
];

const crossColumns: readonly Column[] = [
  trainedOnColumn,
  corpusColumn,
  recipeColumn,
  chanceColumn,
  ...scoreColumns,
];

const textColumns: readonly Column[] = [
  corpusColumn,
  recipeColumn,
  chanceColumn,
  ...scoreColumns,
  metricColumn("weightedF1"),
  validationColumn,
  ...costColumns,
];

function section(
  title: string,
  columns: readonly Column[],
  entries: readonly LogEntry[],
): string[] {
  return entries.length === 0 ? [] : [`## ${title}`, resultsTable(columns, entries)];
}

function publishedSections(kept: readonly LogEntry[]): string[] {
  return Object.entries(published).flatMap(([corpus, { task, results }]) => {
    if (!kept.some((entry) => entry.corpus === corpus)) return [];
    const rows = results.map(({ system, score, source }) => [system, score, source]);
    return [`## Published: ${task}`, table(["system", "score", "source"], rows)];
  });
}
