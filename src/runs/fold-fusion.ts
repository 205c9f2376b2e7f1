import { fitTemperature, withTemperature } from "../evaluation/calibration.ts";
import type { Prediction } from "../evaluation/prediction.ts";
import {
  fuseProbabilities,
  meanProbabilities,
  type LateFusion,
  type LateFusionMethod,
} from "../models/late-fusion.ts";
import type { FinishedFold } from "./evaluate-run.ts";
import type { FoldAnswers } from "./fold-outcome.ts";

/** Makes one answer of what each run says of an utterance, all [labels]. */
type Rule = (answers: readonly (readonly number[])[]) => number[];

/**
 * Fuses what two runs say of one fold, each after its own temperature. The weights of the method
 * `weights` are those, in steps of a twentieth, under which the validation side is likeliest.
 */
export function fuseFolds(
  method: LateFusionMethod,
  voice: FinishedFold,
  words: FinishedFold,
): FoldAnswers {
  const [heard, read] = [calibratedValidation(voice), calibratedValidation(words)];
  const firstWeight = method === "weights" ? fitWeight(heard, read) : 0.5;
  return fuse([voice, words], lateRule({ method, firstWeight }));
}

/**
 * The mean of what several runs say of one fold, each after its own temperature. Runs of other seeds keep other
 * speakers for validation: a clip there is judged by those that have not trained on its speaker.
 * @see Lakshminarayanan et al. 2017, Deep Ensembles
 */
export function averageFolds(runs: readonly FinishedFold[]): FoldAnswers {
  return {
    ...fuse(runs, meanProbabilities),
    validation: fusePredictions(runs.map(calibratedValidation), meanProbabilities, 1),
  };
}

const lateRule =
  (fusion: LateFusion): Rule =>
  ([first, second]) =>
    fuseProbabilities(fusion, first!, second!);

function fuse(runs: readonly FinishedFold[], rule: Rule): FoldAnswers {
  const names = new Set(runs.flatMap(({ robustnessTests }) => [...robustnessTests.keys()]));
  return {
    validation: fusePredictions(runs.map(calibratedValidation), rule),
    test: fusePredictions(
      runs.map(({ test }) => test),
      rule,
    ),
    robustnessTests: new Map(
      [...names].map((name) => [
        name,
        fusePredictions(
          runs.map((run) => under(run, name)),
          rule,
        ),
      ]),
    ),
  };
}

const under = ({ robustnessTests, test }: FinishedFold, name: string): readonly Prediction[] =>
  robustnessTests.get(name) ?? test;

const calibratedValidation = ({ validation, temperature }: FinishedFold): Prediction[] =>
  validation.map((prediction) => withTemperature(prediction, temperature));

/** One answer for each utterance that all have judged, or at least so many. */
function fusePredictions(
  sides: readonly (readonly Prediction[])[],
  rule: Rule,
  least = sides.length,
): Prediction[] {
  const byId = new Map<string, Prediction[]>();
  for (const prediction of sides.flat()) {
    byId.set(prediction.id, [...(byId.get(prediction.id) ?? []), prediction]);
  }
  return [...byId.values()].flatMap((judged) => {
    if (judged.length < least) return [];
    const probabilities = rule(judged.map((prediction) => prediction.probabilities));
    return [{ ...judged[0]!, probabilities }];
  });
}

const weightSteps = 20;

function fitWeight(heard: readonly Prediction[], read: readonly Prediction[]): number {
  if (heard.length === 0) return 0.5;
  const losses = Array.from({ length: weightSteps + 1 }, (_, step) => {
    const rule = lateRule({ method: "weights", firstWeight: step / weightSteps });
    return fitTemperature(fusePredictions([heard, read], rule)).validationLoss;
  });
  return losses.indexOf(Math.min(...losses)) / weightSteps;
}
