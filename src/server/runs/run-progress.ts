import { readMetrics } from "../../runs/epoch-metrics.ts";
import { foldFolder, readFoldState } from "../../runs/run-folder.ts";
import { isLocked } from "../../shared/lock.node.ts";
import type { FoldProgress, RunProgress, RunStatus, TrainingState } from "../api.ts";

/** Resolves to how far a run of these folds is, as its folder has it. @throws UndertoneError `run-invalid` */
export async function readProgress(
  runFolder: string,
  folds: readonly number[],
  training: TrainingState | undefined,
): Promise<RunProgress> {
  const status = await statusOf(runFolder, folds, training);
  return {
    status,
    folds: await Promise.all(folds.map((fold) => foldProgress(runFolder, fold))),
    ...(training && { training }),
  };
}

/** Resolves to the status of a run: a running training holds the lock of its fold. */
export async function statusOf(
  runFolder: string,
  folds: readonly number[],
  training: TrainingState | undefined,
): Promise<RunStatus> {
  if (training && training.state !== "ended") return "running";
  for (const fold of folds) {
    if (await isLocked(`${foldFolder(runFolder, fold)}.lock`)) return "running";
  }
  const done = await foldsDone(runFolder, folds);
  return folds.length > 0 && done === folds.length ? "finished" : "stopped";
}

/** Resolves to the number of folds that have finished. @throws UndertoneError `run-invalid` */
export async function foldsDone(runFolder: string, folds: readonly number[]): Promise<number> {
  const states = await Promise.all(folds.map((fold) => readFoldState(foldFolder(runFolder, fold))));
  return states.filter((state) => state !== undefined).length;
}

async function foldProgress(runFolder: string, fold: number): Promise<FoldProgress> {
  const folder = foldFolder(runFolder, fold);
  const [state, epochs] = await Promise.all([readFoldState(folder), readMetrics(folder)]);
  return {
    fold,
    finished: state !== undefined,
    ...(state?.bestEpoch !== undefined && { bestEpoch: state.bestEpoch }),
    epochs,
  };
}
