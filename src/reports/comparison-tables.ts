import type { Estimate } from "../evaluation/bootstrap.ts";
import { labelMetrics, metricsIn, percent } from "../evaluation/metrics.ts";
import { verdictOf } from "../evaluation/paired-differences.ts";
import type { Comparison } from "./compare-runs.ts";
import type { ValidationScores } from "./validation-scores.ts";

/** A table of text, rows [row][column] under a header. */
export interface TextTable {
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** Titles of columns that a narrow terminal leaves out, the first one first. */
  readonly optional?: readonly string[];
}

/** In the order in which they are left out. */
const optional = ["weighted F1", "parameters", "minutes", "macro-F1", "ECE"];

/** Returns the scores of compared runs, best UAR first where they compare. */
export function comparisonTable({ runs, comparable }: Comparison): TextTable {
  const shown = metricsIn("comparison");
  const ranked = comparable
    ? runs.toSorted((a, b) => b.unweightedAverageRecall.value - a.unweightedAverageRecall.value)
    : runs;
  return {
    header: [
      "run",
      "protocol",
      ...shown.map(({ abbreviation }) => abbreviation),
      "95 % interval of UAR",
      "parameters",
      "minutes",
    ],
    optional,
    rows: ranked.map((run) => [
      run.name,
      run.leaky ? `${run.protocol} (LEAKY)` : run.protocol,
      ...shown.map(({ key, format }) => format(run[key].value)),
      interval(run.unweightedAverageRecall),
      run.parameters?.toLocaleString("en") ?? "",
      run.trainingMinutes.toFixed(1),
    ]),
  };
}

/** Returns the paired differences from the first run on the same clips, in points; the verdict is about UAR. */
export function differenceTable({ differences }: Comparison): TextTable {
  const shown = metricsIn("comparison");
  return {
    header: [
      "run",
      ...shown.map(({ abbreviation }) => abbreviation),
      "95 % interval of UAR",
      "verdict",
    ],
    optional,
    rows: differences.map((difference) => [
      difference.first,
      ...shown.map(({ key, format }) => signed(format(difference[key].value))),
      interval(difference.unweightedAverageRecall),
      verdictOf(difference.unweightedAverageRecall) ?? "",
    ]),
  };
}

/** Returns the scores on validation clips, in the order given. */
export function validationTable(runs: readonly ValidationScores[]): TextTable {
  return {
    header: [
      "run",
      "extra data",
      ...labelMetrics.map(({ abbreviation }) => abbreviation),
      "minutes",
    ],
    optional,
    rows: runs.map((run) => [
      run.name,
      run.extraData.join(" "),
      ...labelMetrics.map(({ key, format }) => format(run[key])),
      run.trainingMinutes.toFixed(1),
    ]),
  };
}

const signed = (text: string): string => (/^-|^0\.0+$/.test(text) ? text : `+${text}`);

const interval = ({ low, high }: Estimate): string =>
  low === undefined || high === undefined ? "" : `${percent(low)} to ${percent(high)}`;
