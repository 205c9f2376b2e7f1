import { fitTemperature } from "../evaluation/calibration.ts";
import { UndertoneError } from "../shared/errors.ts";
import { neutralLogits } from "./enrolled.ts";
import { evaluateRun } from "./evaluate-run.ts";
import type { FoldOutcome } from "./fold-outcome.ts";

/** How a model's answers are to be softened, and what neutral speech gets. */
export type Calibration = Pick<FoldOutcome, "temperature" | "neutral">;

/**
 * A calibration for a model of all speakers, who leave few to calibrate it by: from the test clips of a run by folds
 * of the same recipe, in which each speaker was a stranger to the model that judged.
 * @throws UndertoneError `run-invalid` for a run of other emotions or with speakers on both sides
 */
export async function calibrationOf(
  runFolder: string,
  labels: readonly string[],
): Promise<Calibration> {
  const { info, folds } = await evaluateRun(runFolder);
  if (info.labels.join() !== labels.join() || info.protocol === "random") {
    throw new UndertoneError(
      "run-invalid",
      `${runFolder} cannot calibrate this model: it has ${info.labels.join(", ")} by protocol ${info.protocol}. Give a run of the same emotions with speakers held out.`,
    );
  }
  const judged = folds.flatMap(({ uncalibrated }) => uncalibrated);
  const { temperature } = fitTemperature(judged);
  const neutral = neutralLogits(judged, { labels, temperature });
  return { temperature, ...(neutral && { neutral }) };
}
