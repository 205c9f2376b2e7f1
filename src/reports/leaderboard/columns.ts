import { metrics, metricsIn, percent, type MetricKey } from "../../evaluation/metrics.ts";
import type { LogEntry } from "./log-entry.ts";
import { cell, table } from "./markdown.ts";

/** A column of a table of results: its head, and its text for an entry. */
export interface Column {
  readonly title: string;
  readonly text: (entry: LogEntry) => string;
}

/** Returns a Markdown table of entries; a column without text in any row is left out. */
export function resultsTable(columns: readonly Column[], entries: readonly LogEntry[]): string {
  const filled = columns.filter(({ text }) => entries.some((entry) => text(entry) !== ""));
  return table(
    filled.map(({ title }) => title),
    entries.map((entry) => filled.map(({ text }) => text(entry))),
  );
}

/** The recipe, and the auxiliary corpora of its training split. */
export const recipeColumn: Column = {
  title: "recipe",
  text: ({ recipe, extraData = [] }) => cell([recipe, ...extraData].join(" + ")),
};

export const corpusColumn: Column = { title: "test corpus", text: ({ corpus }) => cell(corpus) };

export const trainedOnColumn: Column = {
  title: "training corpus",
  text: ({ trainedOn = [] }) => cell(trainedOn.join(" + ")) || "not known",
};

export const chanceColumn: Column = {
  title: "chance",
  text: ({ classes }) => percent(1 / classes),
};

/** UAR with its interval. */
export const recallColumn: Column = {
  title: "UAR (95 % interval)",
  text: ({ test }) => withRange(test.unweightedAverageRecall),
};

/** Returns the column of one metric. */
export function metricColumn(key: MetricKey): Column {
  const { abbreviation, format } = metrics.find((metric) => metric.key === key)!;
  return {
    title: abbreviation,
    text: ({ test }) => {
      const score = test[key];
      return score ? format(score.value) : "";
    },
  };
}

/** All metrics of the leaderboard, UAR first. */
export const scoreColumns: readonly Column[] = [
  recallColumn,
  ...metricsIn("leaderboard")
    .filter(({ key }) => key !== "unweightedAverageRecall")
    .map(({ key }) => metricColumn(key)),
];

/** UAR with simulated transcription errors, a column a test. */
export function robustnessColumns(entries: readonly LogEntry[]): Column[] {
  const names = new Set(entries.flatMap(({ robustness = {} }) => Object.keys(robustness)));
  return [...names].map((name) => ({
    title: name,
    text: ({ robustness }) => {
      const recall = robustness?.[name];
      return recall === undefined ? "" : percent(recall);
    },
  }));
}

/** UAR on validation clips. */
export const validationColumn: Column = {
  title: "validation",
  text: ({ validation }) => (validation === undefined ? "" : percent(validation)),
};

/** UAR with two neutral clips of each test speaker. */
export const adaptedColumn: Column = {
  title: "adapted",
  text: ({ enrolled }) => (enrolled === undefined ? "" : percent(enrolled.with.value)),
};

/** What training and inference take. */
export const costColumns: readonly Column[] = [
  { title: "seeds", text: ({ seeds }) => String(seeds.length) },
  {
    title: "MB",
    text: ({ sizeBytes }) => (sizeBytes === undefined ? "" : (sizeBytes / 1e6).toFixed(1)),
  },
  {
    title: "ms a clip",
    text: ({ clipMs }) => (clipMs === undefined ? "" : clipMs.toFixed(clipMs < 10 ? 1 : 0)),
  },
  {
    title: "minutes",
    text: ({ minutes }) => (minutes === undefined || minutes === 0 ? "" : minutes.toFixed(0)),
  },
];

const withRange = (score: LogEntry["test"][MetricKey]): string => {
  if (score === undefined) return "";
  const { value, low, high } = score;
  const interval =
    low === undefined || high === undefined ? "" : ` (${percent(low)} to ${percent(high)})`;
  return `**${percent(value)}**${interval}`;
};
