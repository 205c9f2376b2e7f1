import { countPredictions, labelScores, type LabelScores } from "../evaluation/metrics.ts";
import { extraDataOf, type EvaluatedRun } from "../runs/evaluate-run.ts";
import { distinctNames } from "./distinct-names.ts";

/** The label metrics of a run on its validation clips, by which models are selected. */
export interface ValidationScores extends LabelScores {
  readonly name: string;
  /** Auxiliary corpora of the training split. */
  readonly extraData: readonly string[];
  readonly clips: number;
  readonly trainingMinutes: number;
}

/** Returns the scores on the pooled validation clips of all folds, highest macro-F1 first; runs without any are left out. */
export function validationScores(runs: readonly EvaluatedRun[]): ValidationScores[] {
  const names = distinctNames(runs.map(({ info, runFolder }) => ({ name: info.name, runFolder })));
  return runs
    .flatMap(({ info, folds }, run): ValidationScores[] => {
      const validation = folds.flatMap((fold) => fold.validation);
      if (validation.length === 0) return [];
      return [
        {
          name: names[run]!,
          extraData: extraDataOf(info),
          clips: validation.length,
          trainingMinutes: folds.reduce((sum, { state }) => sum + state.seconds, 0) / 60,
          ...labelScores(countPredictions(validation, info.labels.length)),
        },
      ];
    })
    .toSorted((a, b) => b.macroF1 - a.macroF1);
}
