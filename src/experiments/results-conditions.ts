import { confusionMatrix, scoresOf } from "../evaluation/metrics.ts";
import type { Prediction } from "../evaluation/prediction.ts";
import type { EvaluatedRun } from "./evaluate-run.ts";
import { cell, table } from "./markdown.ts";

/** How runs hold up when words get worse, and what gated ones make of them: a section, or none. */
export function conditionsSection(runs: readonly EvaluatedRun[]): string[] {
  const corpora = new Set(runs.map(({ info }) => `${info.corpus}, protocol ${info.protocol}`));
  const tables = [...corpora].flatMap((corpus) => {
    const alike = runs.filter(({ info }) => `${info.corpus}, protocol ${info.protocol}` === corpus);
    const names = [...new Set(alike.flatMap(conditionsOf))];
    if (names.length === 0) return [];
    const rows = alike.map((run) => [
      cell(run.info.name),
      recallOf(run, run.test),
      ...names.map((name) => recallOf(run, underCondition(run, name))),
      wordWeight(run, "test"),
      ...names.map((name) => wordWeight(run, name)),
    ]);
    const header = ["run", "UAR as transcribed", ...names, "words' weight", ...names];
    const columns = header.map((_, column) => rows.some((row) => row[column] !== ""));
    const kept = (row: readonly string[]): string[] => row.filter((__, column) => columns[column]);
    return [`On ${cell(corpus)}:\n\n${table(kept(header), rows.map(kept))}`];
  });
  if (tables.length === 0) return [];
  return [
    "## When words get worse\n\nUAR on the test side with words misheard at random (the number is the word error rate in per cent) or missing\n" +
      "for a share of the utterances. A run that only hears stays as it is. Last, the mean weight that a gate gives to words.",
    ...tables,
  ];
}

const conditionsOf = ({ folds }: EvaluatedRun): string[] =>
  folds.flatMap(({ conditions }) => [...conditions.keys()]);

/** A run without words says the same under every condition. */
const underCondition = ({ folds }: EvaluatedRun, name: string): Prediction[] =>
  folds.flatMap(({ conditions, test }) => conditions.get(name) ?? test);

function recallOf({ info }: EvaluatedRun, predictions: readonly Prediction[]): string {
  const matrix = confusionMatrix(predictions, info.labels.length);
  return (100 * scoresOf(matrix).unweightedAverageRecall).toFixed(1);
}

function wordWeight({ folds }: EvaluatedRun, name: string): string {
  const weights = folds.flatMap(({ state }) => state.wordWeights?.[name] ?? []);
  if (weights.length === 0) return "";
  return (weights.reduce((sum, weight) => sum + weight, 0) / weights.length).toFixed(2);
}
