import type { Estimate } from "../../evaluation/bootstrap.ts";
import { conditionScores, type ConditionScores } from "../../evaluation/condition-scores.ts";
import { estimatesOf } from "../../evaluation/estimates.ts";
import { labelScores, countPredictions, percent } from "../../evaluation/metrics.ts";
import type { TestedConditions } from "../../runs/test-conditions.ts";
import type { TextTable } from "../comparison-tables.ts";

/** `conditions.json`: a model's scores under each condition. */
export interface ConditionsDocument extends Omit<TestedConditions, "clean" | "conditions"> {
  readonly clips: number;
  readonly speakers: number;
  /** Unweighted average recall of the clips as they are. */
  readonly clean: Estimate;
  readonly conditions: readonly (ConditionScores & {
    readonly name: string;
    readonly description: string;
  })[];
}

/** Scores a test under conditions. */
export function conditionsDocument(tested: TestedConditions): ConditionsDocument {
  const { clean, conditions, labels, ...facts } = tested;
  const { unweightedAverageRecall } = estimatesOf(clean, (clips) =>
    labelScores(countPredictions(clips, labels.length)),
  );
  return {
    ...facts,
    labels,
    clips: clean.length,
    speakers: new Set(clean.map(({ speakerId }) => speakerId)).size,
    clean: unweightedAverageRecall,
    conditions: conditions.map(({ condition: { name, description }, predictions }) => ({
      name,
      description,
      ...conditionScores(clean, predictions, labels.length),
    })),
  };
}

/** Returns the scores in per cent and the points that each condition loses, with 95 % intervals. */
export function conditionsTable({ clean, conditions }: ConditionsDocument): TextTable {
  return {
    header: ["condition", "UAR", "95 % interval", "points lost", "95 % interval of points lost"],
    rows: [
      ["clean", percent(clean.value), intervalOf(clean), "0.0", ""],
      ...conditions.map(({ name, unweightedAverageRecall, lost }) => [
        name,
        percent(unweightedAverageRecall.value),
        intervalOf(unweightedAverageRecall),
        percent(lost.value),
        intervalOf(lost),
      ]),
    ],
  };
}

function intervalOf({ low, high }: Estimate): string {
  return low === undefined || high === undefined ? "" : `${percent(low)} to ${percent(high)}`;
}
