import { fitTemperature, withTemperature } from "../evaluation/calibration.ts";
import type { Prediction } from "../evaluation/prediction.ts";
import { combine, type Combination, type CombinationMethod } from "../models/combination.ts";
import { UndertoneError } from "../shared/errors.ts";
import { addTo } from "../shared/group.ts";
import type { FinishedFold } from "./evaluate-run.ts";
import type { FoldPredictions } from "./fold-outcome.ts";

/** What of a run's fold is combined. */
type Combined = Pick<FinishedFold, "temperature" | "validation" | "test" | "robustnessTests">;

/**
 * Combines the predictions of several runs on one fold, each at its own temperature. The weights of the method `weights` are
 * fitted on validation.
 * @throws UndertoneError `run-invalid` for weights of runs that share no validation clip
 */
export function combineFolds(
  method: CombinationMethod,
  runs: readonly Combined[],
): { readonly rule: Combination; readonly predictions: FoldPredictions } {
  const validation = runs.map(calibratedValidation);
  const rule = { method, ...(method === "weights" && { weights: fitWeights(validation) }) };
  const names = new Set(runs.flatMap(({ robustnessTests }) => [...robustnessTests.keys()]));
  const predictions = {
    // Runs of other seeds keep other speakers for validation: a mean takes those that were not trained on the speaker.
    validation: combinePredictions(validation, rule, method === "mean" ? 1 : runs.length),
    test: combinePredictions(
      runs.map(({ test }) => test),
      rule,
    ),
    robustnessTests: new Map(
      [...names].map((name) => [
        name,
        combinePredictions(
          runs.map((run) => run.robustnessTests.get(name) ?? run.test),
          rule,
        ),
      ]),
    ),
  };
  return { rule, predictions };
}

const calibratedValidation = ({ validation, temperature }: Combined): Prediction[] =>
  validation.map((prediction) => withTemperature(prediction, temperature));

/** One prediction for each clip that all runs have, or at least so many. */
function combinePredictions(
  runs: readonly (readonly Prediction[])[],
  rule: Combination,
  least = runs.length,
): Prediction[] {
  const byId = new Map<string, Prediction[]>();
  for (const prediction of runs.flat()) {
    addTo(byId, prediction.id, prediction);
  }
  return [...byId.values()].flatMap((predictions) => {
    if (predictions.length < least) return [];
    const probabilities = combine(
      rule,
      predictions.map((prediction) => prediction.probabilities),
    );
    return [{ ...predictions[0]!, probabilities }];
  });
}

const selections = 20;

/**
 * Returns weights by forward selection: twenty times the run whose share lowers the validation loss most gets a twentieth.
 * @see Caruana et al. 2004, Ensemble Selection from Libraries of Models
 */
function fitWeights(validation: readonly (readonly Prediction[])[]): number[] {
  const equal = validation.map(() => 1 / validation.length);
  if (validation.some((predictions) => predictions.length === 0)) return equal;
  if (combinePredictions(validation, { method: "mean" }).length === 0) {
    const message =
      "Weights are fitted on validation clips, of which these runs share none: train them with one seed, or use --method mean.";
    throw new UndertoneError("run-invalid", message);
  }
  let chosen = validation.map(() => 0);
  for (let round = 1; round <= selections; round++) {
    const candidates = validation.map((_, run) =>
      chosen.map((count, index) => count + Number(index === run)),
    );
    const losses = candidates.map((counts) => {
      const weights = counts.map((count) => count / round);
      const predictions = combinePredictions(validation, { method: "weights", weights });
      return fitTemperature(predictions).validationLoss;
    });
    chosen = candidates[losses.indexOf(Math.min(...losses))]!;
  }
  return chosen.map((count) => count / selections);
}
