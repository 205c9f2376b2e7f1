import { confusionMatrix, scoresOf, type Scores } from "../evaluation/metrics.ts";
import { extraDataOf, type EvaluatedRun } from "../runs/evaluate-run.ts";

/** What a run scores on the clips that choose between runs. */
export interface ValidationScores extends Scores {
  readonly name: string;
  /** The corpora that joined its training side. */
  readonly extraData: readonly string[];
  readonly clips: number;
  readonly trainingMinutes: number;
}

/** Scores of the validation sides of all folds, pooled, by falling macro-F1; runs without such clips are left out. */
export function validationScores(runs: readonly EvaluatedRun[]): ValidationScores[] {
  return runs
    .flatMap(({ info, folds }): ValidationScores[] => {
      const validation = folds.flatMap((fold) => fold.validation);
      if (validation.length === 0) return [];
      return [
        {
          name: info.name,
          extraData: extraDataOf(info),
          clips: validation.length,
          trainingMinutes: folds.reduce((sum, { state }) => sum + state.seconds, 0) / 60,
          ...scoresOf(confusionMatrix(validation, info.labels.length)),
        },
      ];
    })
    .toSorted((a, b) => b.macroF1 - a.macroF1);
}
