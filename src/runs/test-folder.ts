import type { DimensionPrediction } from "../evaluation/dimension-evaluation.ts";
import type { Prediction } from "../evaluation/prediction.ts";
import { UndertoneError } from "../shared/errors.ts";
import { writeDimensionPredictions } from "./dimension-predictions.ts";
import { writePredictions } from "./predictions-file.ts";
import { unlessMissing } from "./resume-run.ts";
import {
  foldFolder,
  readRunInfo,
  writeCalibration,
  writeFoldState,
  writeRunInfo,
  writeSplit,
  type RunInfo,
} from "./run-folder.ts";

/** A test of a finished model, as `run.json` tells of it. */
type TestInfo = RunInfo & { readonly tested: NonNullable<RunInfo["tested"]> };

/** Name of a run folder by the names of a model and a corpus, which may come from anywhere. */
export function testFolderName(model: string, corpus: string): string {
  return `${model}-on-${corpus}`.replaceAll(/[^\p{L}\p{N}._-]+/gu, "-");
}

/**
 * Lets a test be written into a folder without a run, and over the same test.
 * @throws UndertoneError `run-invalid` when the folder holds anything else
 */
export async function assertFreeForTest(
  runFolder: string,
  { corpus, sha256 }: { readonly corpus: string; readonly sha256: string },
): Promise<void> {
  const known = await unlessMissing(readRunInfo(runFolder));
  if (!known || (known.tested?.sha256 === sha256 && known.corpus === corpus)) return;
  const what = known.tested
    ? `a test of another model (${known.name} on ${known.corpus})`
    : "a training run";
  throw new UndertoneError(
    "run-invalid",
    `${runFolder} holds ${what}. Choose another folder by --out.`,
  );
}

/** A model's uncalibrated predictions of all clips, and its temperature; or its values on dimensions. */
export type TestOutcome =
  | { readonly test: readonly Prediction[]; readonly temperature: number }
  | { readonly test: readonly DimensionPrediction[] };

/** Writes a run folder of one fold, which was not trained. @throws UndertoneError `disk-full`, `file-unreadable` */
export async function writeTest(
  runFolder: string,
  info: TestInfo,
  outcome: TestOutcome,
): Promise<void> {
  const { protocol, seed, labels, dimensions = [], tested } = info;
  const [fold] = info.folds;
  const folder = foldFolder(runFolder, fold!);
  await writeRunInfo(runFolder, info);
  const ids = outcome.test.map(({ id }) => id);
  await writeSplit(folder, { protocol, fold: fold!, seed, train: [], validation: [], test: ids });
  if ("temperature" in outcome) {
    const { test, temperature } = outcome;
    await writePredictions(folder, labels, { validation: [], test });
    await writeCalibration(folder, { temperature });
  } else {
    const names = dimensions.map(({ name }) => name);
    await writeDimensionPredictions(folder, names, { validation: [], test: outcome.test });
  }
  // The weights lie in the file, which is what can be told again.
  await writeFoldState(folder, {
    finished: true,
    epochs: 0,
    seconds: 0,
    weightsSha256: tested.sha256,
  });
}
