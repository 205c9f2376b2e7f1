import { fitTemperature } from "../evaluation/calibration.ts";
import { UndertoneError } from "../shared/errors.ts";
import { neutralLogits } from "./enrolled.ts";
import { evaluateRun, isLeaky } from "./evaluate-run.ts";
import type { FoldOutcome } from "./fold-outcome.ts";
import { recipeDifference } from "./recipe-difference.ts";
import { withDefaults, type Recipe } from "./recipe.ts";
import type { RunInfo } from "./run-folder.ts";

/** How a model's answers are to be softened, and what neutral speech gets. */
export type Calibration = Pick<FoldOutcome, "temperature" | "neutral">;

/** What the two may have of their own: one trains on all speakers, the other holds some out. */
const aboutSides = new Set(["protocol", "seed", "validationSpeakers", "stratified"]);

const withoutSides = (recipe: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(recipe).filter(([setting]) => !aboutSides.has(setting)));

/**
 * A calibration for a model of all speakers, who leave few to calibrate it by: from the test clips of a run by folds
 * of the same recipe, in which each speaker was a stranger to the model that judged.
 * @throws UndertoneError `run-invalid` for a run of another recipe, of other emotions, with speakers on both sides or
 * with folds still to come
 */
export async function calibrationOf(
  runFolder: string,
  recipe: Recipe,
  labels: readonly string[],
): Promise<Calibration> {
  const { info, folds } = await evaluateRun(runFolder);
  const problem = problemOf(info, recipe, labels) ?? unfinished(info, folds);
  if (problem !== undefined) {
    throw new UndertoneError(
      "run-invalid",
      `${runFolder} cannot calibrate this model: ${problem}. Give a finished run of the same recipe with speakers held out.`,
    );
  }
  const judged = folds.flatMap(({ uncalibrated }) => uncalibrated);
  const { temperature } = fitTemperature(judged);
  const neutral = neutralLogits(judged, { labels, temperature });
  return { temperature, ...(neutral && { neutral }) };
}

function problemOf(info: RunInfo, recipe: Recipe, labels: readonly string[]): string | undefined {
  if (info.tested) return "it is a test of a finished model";
  if (isLeaky(info.protocol)) return `protocol ${info.protocol} has speakers on both sides`;
  if (info.labels.join() !== labels.join()) return `it has ${info.labels.join(", ")}`;
  const [difference] = recipeDifference(
    withoutSides(withDefaults(info.recipe)),
    withoutSides(recipe),
  );
  return difference && `its recipe is another (here ${difference})`;
}

function unfinished({ folds: all }: RunInfo, folds: readonly unknown[]): string | undefined {
  if (folds.length === all.length) return undefined;
  return `${folds.length} of its ${all.length} folds have finished`;
}
