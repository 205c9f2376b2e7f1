import {
  evaluateDimensions,
  type DimensionEvaluation,
  type DimensionPrediction,
} from "../evaluation/dimension-evaluation.ts";
import type { DimensionScale } from "../shared/dimensions.ts";
import { UndertoneError } from "../shared/errors.ts";
import { readDimensionPredictions } from "./dimension-predictions.ts";
import { readMetrics, type EpochMetrics } from "./epoch-metrics.ts";
import { nothingToEvaluate, readFolds, warningsOf } from "./evaluate-run.ts";
import {
  readFoldState,
  readRunInfo,
  readSplit,
  type FoldSplit,
  type FoldState,
  type RunInfo,
} from "./run-folder.ts";

/** A finished fold whose model predicts dimensions. */
interface DimensionFold {
  readonly fold: number;
  readonly split: FoldSplit;
  readonly state: FoldState;
  readonly epochs: readonly EpochMetrics[];
  readonly test: readonly DimensionPrediction[];
}

/** A run folder whose models predict dimensions, read and scored. */
export interface EvaluatedDimensions {
  readonly runFolder: string;
  readonly info: RunInfo;
  readonly dimensions: readonly DimensionScale[];
  readonly folds: readonly DimensionFold[];
  /** The test predictions of all folds. */
  readonly test: readonly DimensionPrediction[];
  readonly scores: DimensionEvaluation;
  readonly warnings: readonly string[];
}

/**
 * Reads a run folder whose models predict dimensions and scores the test predictions of its finished folds, pooled.
 * @throws UndertoneError `file-not-found`, `run-invalid`
 * @example
 * ```ts
 * import { evaluateDimensions } from "undertone/train";
 *
 * const { scores } = await evaluateDimensions("runs/rated");
 * for (const { name, concordance } of scores.dimensions) console.log(name, concordance.value);
 * ```
 */
export async function evaluateDimensionRun(runFolder: string): Promise<EvaluatedDimensions> {
  const info = await readRunInfo(runFolder);
  const { dimensions } = info;
  if (!dimensions) {
    throw new UndertoneError("run-invalid", `${runFolder} predicts emotions, not dimensions.`);
  }
  const names = dimensions.map(({ name }) => name);
  const folds = await readFolds(runFolder, info, async (folder, fold) => {
    const state = await readFoldState(folder);
    if (state === undefined) return undefined;
    const split = await readSplit(folder);
    const { test } = await readDimensionPredictions(folder, names);
    return { fold, split, state, epochs: await readMetrics(folder), test };
  });
  const test = folds.flatMap((fold) => fold.test);
  if (test.length === 0) throw nothingToEvaluate(runFolder, info, folds.length);
  const scores = evaluateDimensions(test, names);
  const warnings = [...warningsOf(info, folds), ...scaleWarnings(info)];
  return { runFolder, info, dimensions, folds, test, scores, warnings };
}

/** Says on which dimensions a tested model was trained with other ratings than the corpus has. */
function scaleWarnings({ dimensions = [], tested }: RunInfo): string[] {
  return dimensions.flatMap(({ name, low, high }) => {
    const trained = tested?.knownDimensions?.find((known) => known.name === name);
    if (!trained || (trained.low === low && trained.high === high)) return [];
    return [
      `Ratings of ${name} go from ${low} to ${high} here and from ${trained.low} to ${trained.high} in the model's training. ` +
        "If the scales differ, CCC and RMSE mean nothing until the table is rescaled; Pearson r does not change.",
    ];
  });
}
