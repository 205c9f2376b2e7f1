import { fitTemperature } from "../evaluation/calibration.ts";
import { recipeDifference } from "../recipes/difference.ts";
import type { Recipe } from "../recipes/recipe.ts";
import { UndertoneError } from "../shared/errors.ts";
import type { ProgressListener } from "../shared/logger.ts";
import { streamCalibration, voiceCalibration } from "./fit-ordinary.ts";
import { evaluateRun, isLeaky, type FinishedFold } from "./evaluate-run.ts";
import type { FoldOutcome } from "./fold-outcome.ts";
import type { RunInfo } from "./run-folder.ts";

/** A model's temperature, and what it predicts of neutral speech. */
export type Calibration = Pick<FoldOutcome, "temperature" | "neutral" | "ordinary">;

/** What the two may have of their own: one trains on all speakers, the other holds some out. */
const splitSettings = new Set(["protocol", "seed", "validationSpeakers", "stratified"]);

const withoutSplits = (recipe: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(recipe).filter(([setting]) => !splitSettings.has(setting)));

/**
 * Returns the calibration of a model of all speakers from the test clips of a run by folds of the same recipe, whose
 * models had not seen those speakers.
 * @throws UndertoneError `run-invalid` for a run of another recipe, of other labels, with a leaky split or with folds
 * still to come
 */
export async function calibrationOf(
  runFolder: string,
  recipe: Recipe,
  labels: readonly string[],
): Promise<Calibration> {
  return calibrationFrom(runFolder, labels, (info) => {
    const [difference] = recipeDifference(withoutSplits(info.recipe), withoutSplits(recipe));
    return difference && `its recipe is another (here ${difference})`;
  });
}

const essence = ({ method, members }: NonNullable<RunInfo["combined"]>): string =>
  JSON.stringify([method, members.map(({ name }) => name)]);

/** The same for a combination, from a combined run by folds. @throws UndertoneError `run-invalid` */
export async function combinedCalibration(
  runFolder: string,
  {
    combined,
    labels,
  }: { readonly combined: NonNullable<RunInfo["combined"]>; readonly labels: readonly string[] },
): Promise<Calibration> {
  return calibrationFrom(runFolder, labels, (info) => {
    if (info.combined && essence(info.combined) === essence(combined)) return undefined;
    return "it combines other recipes, or by another method";
  });
}

async function calibrationFrom(
  runFolder: string,
  labels: readonly string[],
  mismatch: (info: RunInfo) => string | undefined,
): Promise<Calibration> {
  const { info, folds } = await evaluateRun(runFolder);
  const problem = problemOf(info, labels) ?? mismatch(info) ?? unfinished(info, folds);
  if (problem !== undefined) {
    throw new UndertoneError(
      "run-invalid",
      `${runFolder} cannot calibrate this model: ${problem}. Give --calibrate-from a finished run of the same recipe with speakers held out.`,
    );
  }
  if (info.protocol === "leave-one-corpus-out") {
    const { neutral, ...calibration } = calibrationByCorpora(folds, info.labels);
    const isWhole = info.labels.length === labels.length;
    return { ...calibration, ...(isWhole && neutral && { neutral }) };
  }
  const predictions = folds.flatMap(({ uncalibrated }) => uncalibrated);
  const { temperature } = fitTemperature(predictions);
  return { temperature, ...voiceCalibration([predictions], { labels, temperature }) };
}

/** Returns the calibration by the test clips of folds that each left out another corpus; all corpora count alike. */
export function calibrationByCorpora(
  folds: readonly Pick<FinishedFold, "uncalibrated">[],
  labels: readonly string[],
  onProgress?: ProgressListener,
): Calibration {
  const byCorpus = folds.map(({ uncalibrated }) => uncalibrated);
  const ofStreams = streamCalibration(byCorpus, labels, onProgress);
  if (ofStreams) return ofStreams;
  const { temperature } = fitTemperature(byCorpus.flat());
  return { temperature, ...voiceCalibration(byCorpus, { labels, temperature }) };
}

function problemOf(info: RunInfo, labels: readonly string[]): string | undefined {
  if (info.tested) return "it is a test of a finished model";
  if (isLeaky(info.protocol)) return `protocol ${info.protocol} has speakers in training and test`;
  const known = info.protocol === "leave-one-corpus-out" ? commonOf(labels, info) : labels;
  if (info.labels.join() !== known.join()) return `its labels are ${info.labels.join(", ")}`;
  return undefined;
}

/** Under leave-one-corpus-out a run has the labels that all its corpora share. */
const commonOf = (labels: readonly string[], info: RunInfo): readonly string[] =>
  labels.filter((label) => info.labels.includes(label));

function unfinished({ folds: all }: RunInfo, folds: readonly unknown[]): string | undefined {
  if (folds.length === all.length) return undefined;
  return `${folds.length} of its ${all.length} folds have finished`;
}
