import { fitTemperature, withTemperature } from "../evaluation/calibration.ts";
import type { Prediction } from "../evaluation/prediction.ts";
import {
  fuseProbabilities,
  type LateFusion,
  type LateFusionMethod,
} from "../models/late-fusion.ts";
import type { FinishedFold } from "./evaluate-run.ts";

/** What two finished runs of a fold say together, the first of them by ear. */
export interface FoldFusion {
  readonly validation: readonly Prediction[];
  readonly test: readonly Prediction[];
  /** The test side with worse words; a run without words says the same under every condition. */
  readonly conditions: ReadonlyMap<string, readonly Prediction[]>;
}

/**
 * Fuses what two runs say of one fold, each after its own temperature. The weights of the method
 * `weights` are those, in steps of a twentieth, under which the validation side is likeliest.
 */
export function fuseFolds(
  method: LateFusionMethod,
  voice: FinishedFold,
  words: FinishedFold,
): FoldFusion {
  const [heard, read] = [calibratedValidation(voice), calibratedValidation(words)];
  const fusion: LateFusion = {
    method,
    firstWeight: method === "weights" ? fitWeight(heard, read) : 0.5,
  };
  const names = new Set([...voice.conditions.keys(), ...words.conditions.keys()]);
  return {
    validation: fusePredictions(fusion, heard, read),
    test: fusePredictions(fusion, voice.test, words.test),
    conditions: new Map(
      [...names].map((name) => [
        name,
        fusePredictions(fusion, under(voice, name), under(words, name)),
      ]),
    ),
  };
}

const under = ({ conditions, test }: FinishedFold, name: string): readonly Prediction[] =>
  conditions.get(name) ?? test;

const calibratedValidation = ({ validation, temperature }: FinishedFold): Prediction[] =>
  validation.map((prediction) => withTemperature(prediction, temperature));

/** One answer for each utterance that both have judged. */
function fusePredictions(
  fusion: LateFusion,
  heard: readonly Prediction[],
  read: readonly Prediction[],
): Prediction[] {
  const readById = new Map(read.map(({ id, probabilities }) => [id, probabilities]));
  return heard.flatMap((prediction) => {
    const other = readById.get(prediction.id);
    if (!other) return [];
    return [
      { ...prediction, probabilities: fuseProbabilities(fusion, prediction.probabilities, other) },
    ];
  });
}

const weightSteps = 20;

function fitWeight(heard: readonly Prediction[], read: readonly Prediction[]): number {
  if (heard.length === 0) return 0.5;
  const losses = Array.from({ length: weightSteps + 1 }, (_, step) => {
    const fusion: LateFusion = { method: "weights", firstWeight: step / weightSteps };
    return fitTemperature(fusePredictions(fusion, heard, read)).validationLoss;
  });
  return losses.indexOf(Math.min(...losses)) / weightSteps;
}
