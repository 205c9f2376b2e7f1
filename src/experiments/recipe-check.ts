import { input } from "../graph/tensor.ts";
import { architectureOf, inputTensors, type Architecture } from "../models/architectures.ts";
import { spectrogramImage } from "../models/front-end.ts";
import { Network } from "../models/network.ts";
import { UndertoneError } from "../shared/errors.ts";
import type { Recipe } from "./recipe.ts";

/** The network of a recipe. */
export function recipeArchitecture(recipe: Recipe, classes: number): Architecture {
  const { nMels, nMfcc, frames } = recipe.features;
  return architectureOf(recipe.model, { rows: nMfcc ?? nMels, frames, classes });
}

/** What the changes of sound can do. */
const soundLimits = [
  ["speed", 0.25, 4],
  ["tempo", 0.25, 4],
  ["pitchSemitones", -24, 24],
] as const;

/**
 * Finds settings that do not go together before any sound is read.
 * @throws UndertoneError `recipe-invalid` naming them
 */
export function assertRecipeFits(
  recipe: Recipe,
  data: { readonly classes: number; readonly validated: boolean },
): void {
  const { features, model, training } = recipe;
  const { sampleRate, nFft, winLength, nMels, nMfcc, fMin, fMax } = features;
  const { earlyStopping, schedule } = training;
  const watched = earlyStopping !== undefined || schedule.kind === "reduce-on-plateau";
  const rules: [broken: boolean, rule: string][] = [
    [sampleRate < 4000 || sampleRate > 192_000, "features.sampleRate must be 4000 to 192000 Hz"],
    [nFft % 2 !== 0 || winLength % 2 !== 0, "features.nFft and features.winLength must be even"],
    [winLength > nFft, "features.winLength must be at most features.nFft"],
    [fMin >= fMax, "features.fMin must lie below features.fMax"],
    [fMax > sampleRate / 2, "features.fMax must be at most half of features.sampleRate"],
    [(nMfcc ?? 0) > nMels, "features.nMfcc must be at most features.nMels"],
    [
      (model.pools?.length ?? 0) > model.channels.length,
      "model.pools must not be longer than model.channels",
    ],
    [
      watched && !data.validated,
      "training.earlyStopping and the schedule reduce-on-plateau need validationSpeakers",
    ],
  ];
  for (const [name, least, most] of soundLimits) {
    const [low, high] = training.sound?.[name] ?? [least, most];
    const broken = low > high || low < least || high > most;
    rules.push([broken, `training.sound.${name} must be a range within ${least} to ${most}`]);
  }
  for (const [broken, rule] of rules) if (broken) throw invalid(recipe, rule);
  try {
    build(recipe, data.classes);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw invalid(recipe, `features and model do not fit each other: ${error.message}`, error);
  }
}

/** Shapes are checked as graphs are built. */
function build(recipe: Recipe, classes: number): void {
  const { features, training } = recipe;
  spectrogramImage(input("waveform", [1, features.frames * features.hopLength]), features);
  const architecture = recipeArchitecture(recipe, classes);
  architecture.build(new Network("training"), inputTensors(architecture, training.batchSize));
}

function invalid(recipe: Recipe, rule: string, cause?: unknown): UndertoneError {
  return new UndertoneError("recipe-invalid", `The recipe ${recipe.name}: ${rule}.`, { cause });
}
