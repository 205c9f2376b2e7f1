import { z } from "zod";
import { withTemperature } from "../evaluation/calibration.ts";
import { evaluate, type Evaluation } from "../evaluation/evaluation.ts";
import type { Prediction } from "../evaluation/prediction.ts";
import { UndertoneError } from "../shared/errors.ts";
import { readMetrics, type EpochMetrics } from "./epoch-metrics.ts";
import { robustnessFolder, robustnessTestsOf } from "./fold-outcome.ts";
import { readPredictions } from "./predictions-file.ts";
import {
  foldFolder,
  readCalibration,
  readFoldState,
  readRunInfo,
  readSplit,
  retrained,
  type FoldSplit,
  type FoldState,
  type RunInfo,
} from "./run-folder.ts";

/** A finished fold as it lies on disk; `test` with its temperature applied. */
export interface FinishedFold {
  readonly fold: number;
  readonly split: FoldSplit;
  readonly state: FoldState;
  readonly epochs: readonly EpochMetrics[];
  /** 1 where no validation speakers were kept to fit it; a tested model's own. */
  readonly temperature: number;
  /** Uncalibrated, on the clips that chose the model. */
  readonly validation: readonly Prediction[];
  readonly uncalibrated: readonly Prediction[];
  readonly test: readonly Prediction[];
  /** The test split with simulated transcription errors, calibrated, by the name of the robustness test. */
  readonly robustnessTests: ReadonlyMap<string, readonly Prediction[]>;
}

/** A run folder, read and scored. */
export interface EvaluatedRun {
  readonly runFolder: string;
  readonly info: RunInfo;
  readonly folds: readonly FinishedFold[];
  /** The test predictions of all folds, calibrated. */
  readonly test: readonly Prediction[];
  readonly scores: Evaluation;
  readonly warnings: readonly string[];
}

/** Whether speakers of a protocol are in training and test. */
export function isLeaky(protocol: string): boolean {
  return protocol === "random";
}

const kindSchema = z.object({ model: z.object({ kind: z.string() }) });

/** Whether a run is about texts, in the splits of their corpus. */
export function usesTextOnly({ protocol, recipe, combined }: RunInfo): boolean {
  const kinds = combined
    ? combined.members.map(({ kind }) => kind)
    : [kindSchema.safeParse(recipe).data?.model.kind ?? ""];
  return protocol === "official" && kinds.every((kind) => kind.startsWith("text-"));
}

/** Returns the names of a run's auxiliary corpora. */
export function extraDataOf({ extraData = [] }: RunInfo): string[] {
  return extraData.map(({ corpus }) => corpus);
}

/**
 * A run folder's facts and the folds that have finished.
 * @throws UndertoneError `file-not-found`, `run-invalid`, also for a run that predicts dimensions
 */
export async function readRun(
  runFolder: string,
): Promise<Pick<EvaluatedRun, "runFolder" | "info" | "folds">> {
  const info = await readRunInfo(runFolder);
  if (info.dimensions) {
    const message = `${runFolder} predicts dimensions, such as arousal, and no emotions. "undertone evaluate" scores it.`;
    throw new UndertoneError("run-invalid", message);
  }
  const folds = await readFolds(runFolder, info, (folder, fold) => readFold(folder, fold, info));
  return { runFolder, info, folds };
}

/** Returns the folds that have finished. @throws UndertoneError `run-invalid` for one that is no longer whole */
export async function readFolds<Fold>(
  runFolder: string,
  info: RunInfo,
  read: (folder: string, fold: number) => Promise<Fold | undefined>,
): Promise<Fold[]> {
  const folds: Fold[] = [];
  for (const fold of info.folds) {
    const folder = foldFolder(runFolder, fold);
    const finished = await read(folder, fold).catch((cause: unknown) => {
      if (!(cause instanceof UndertoneError) || cause.code !== "file-not-found") throw cause;
      const message = `${cause.message} The fold has finished, so it was there. ${retrained(folder)}`;
      throw new UndertoneError("run-invalid", message, { cause });
    });
    if (finished !== undefined) folds.push(finished);
  }
  return folds;
}

/**
 * Reads a run folder and scores the test predictions of its finished folds, pooled. What is missing,
 * such as folds still to come, is told in `warnings`.
 * @throws UndertoneError `file-not-found`, `run-invalid`
 * @example
 * ```ts
 * import { evaluate } from "undertone/train";
 *
 * const { scores, warnings } = await evaluate("runs/a");
 * console.log(scores.unweightedAverageRecall.value, scores.confusionMatrix);
 * ```
 */
export async function evaluateRun(runFolder: string): Promise<EvaluatedRun> {
  const { info, folds } = await readRun(runFolder);
  const test = folds.flatMap((fold) => fold.test);
  if (test.length === 0) throw nothingToEvaluate(runFolder, info, folds.length);
  const uncalibrated = folds.flatMap((fold) => fold.uncalibrated);
  return {
    runFolder,
    info,
    folds,
    test,
    scores: evaluate(uncalibrated, test, info.labels),
    warnings: warningsOf(info, folds),
  };
}

/** Returns the error of a run without test clips. */
export function nothingToEvaluate(
  runFolder: string,
  { protocol }: Pick<RunInfo, "protocol">,
  folds: number,
): UndertoneError {
  const reason =
    folds > 0
      ? `its protocol, ${protocol}, keeps no clips for testing`
      : 'no fold has finished yet. Go on with "undertone train --resume"';
  return new UndertoneError("run-invalid", `${runFolder}: nothing to evaluate, ${reason}.`);
}

async function readFold(
  folder: string,
  fold: number,
  { labels, tested }: RunInfo,
): Promise<FinishedFold | undefined> {
  const state = await readFoldState(folder);
  if (state === undefined) return undefined;
  const split = await readSplit(folder);
  const hasTemperature = split.validation.length > 0 || tested !== undefined;
  const { temperature } = hasTemperature ? await readCalibration(folder) : { temperature: 1 };
  const { validation, test } = await readPredictions(folder, labels);
  const calibrated = (predictions: readonly Prediction[]): Prediction[] =>
    predictions.map((prediction) => withTemperature(prediction, temperature));
  const robustnessTests = new Map<string, readonly Prediction[]>();
  for (const name of await robustnessTestsOf(folder)) {
    const worse = await readPredictions(robustnessFolder(folder, name), labels);
    robustnessTests.set(name, calibrated(worse.test));
  }
  return {
    fold,
    split,
    state,
    epochs: await readMetrics(folder),
    temperature,
    validation,
    uncalibrated: test,
    test: calibrated(test),
    robustnessTests,
  };
}

/** Returns what is missing of a run, in sentences. */
export function warningsOf(
  info: RunInfo,
  folds: readonly {
    readonly fold: number;
    readonly split: FoldSplit;
    readonly test: readonly { readonly id: string }[];
  }[],
): string[] {
  const warnings: string[] = [];
  if (info.tested?.trainedOn.length === 0) {
    warnings.push(
      "The model's file does not say what it was trained on, so these speakers may have been in its training data.",
    );
  }
  if (folds.length < info.folds.length) {
    warnings.push(
      `Only ${folds.length} of ${info.folds.length} folds have finished: these scores are of part of the speakers and do not compare with those of all.`,
    );
  }
  for (const { fold, split, test } of folds) {
    const ids = new Set(split.test);
    const predicted = test.filter(({ id }) => ids.has(id)).length;
    if (predicted < ids.size || predicted < test.length) {
      warnings.push(
        `Fold ${fold}: ${predicted} of the split's ${ids.size} test clips have predictions, and ${test.length - predicted} others.`,
      );
    }
  }
  return warnings;
}
