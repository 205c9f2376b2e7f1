import { createHash } from "node:crypto";
import { dirname, join } from "node:path";
import { fitTemperature } from "../evaluation/calibration.ts";
import type { Prediction } from "../evaluation/prediction.ts";
import { UndertoneError } from "../shared/errors.ts";
import type { Scores } from "../training/train.ts";
import { epochScores } from "./classify.ts";
import { evaluateRun, type FinishedFold } from "./evaluate-run.ts";
import { fuseFolds, type FoldFusion } from "./fold-fusion.ts";
import { conditionFolder } from "./fold-outcome.ts";
import { writePredictions } from "./predictions-file.ts";
import type { LateFusionRecipe, Recipe } from "./recipe.ts";
import {
  foldFolder,
  writeCalibration,
  writeFoldState,
  writeRunInfo,
  writeSplit,
  type FoldState,
} from "./run-folder.ts";
import { resultMessage } from "./training-messages.ts";
import type { RunOptions, TrainingRequest } from "./training-request.ts";

interface MemberRun {
  readonly recipe: Recipe;
  readonly runFolder: string;
}

/**
 * The two runs that a late fusion is made of, the one that hears first: each with the fusion's protocol
 * and seed, in folders beside its own. Conditions are about words.
 */
export function membersOf(
  { model, protocol, seed, stratified, validationSpeakers, conditions }: LateFusionRecipe,
  runFolder: string,
): [MemberRun, MemberRun] {
  const shared = { protocol, seed, stratified, validationSpeakers };
  const folderOf = ({ name }: Pick<Recipe, "name">): string =>
    join(dirname(runFolder), `${name}-${protocol}`);
  return [
    { recipe: { ...model.voice, ...shared }, runFolder: folderOf(model.voice) },
    { recipe: { ...model.words, ...shared, conditions }, runFolder: folderOf(model.words) },
  ];
}

/**
 * Fuses the folds that both member runs have finished into a run folder; what is fitted, is fitted on
 * each fold's validation side.
 * @throws UndertoneError `run-invalid` when the members do not belong together
 */
export async function fuseRuns(
  request: TrainingRequest & { readonly recipe: LateFusionRecipe },
  { logger }: RunOptions,
): Promise<void> {
  const { recipe, runFolder, facts } = request;
  const [heard, read] = membersOf(recipe, runFolder);
  const voice = await evaluateRun(heard.runFolder);
  const words = await evaluateRun(read.runFolder);
  const { labels } = voice.info;
  if (labels.join() !== words.info.labels.join()) {
    throw new UndertoneError(
      "run-invalid",
      `${heard.runFolder} and ${read.runFolder} have different emotions. Train both on the same data.`,
    );
  }
  const { name, seed, protocol } = recipe;
  const companions = [voice, words].flatMap(({ info }) => info.companions ?? []);
  await writeRunInfo(runFolder, {
    ...voice.info,
    ...(companions.length > 0 && { companions }),
    ...facts,
    name,
    recipe,
    seed,
    protocol,
  });
  for (const fold of voice.folds) {
    const other = words.folds.find((candidate) => candidate.fold === fold.fold);
    if (!other || request.folds?.includes(fold.fold) === false) continue;
    const fused = fuseFolds(recipe.model.method, fold, other);
    const state = fusedState(fold.state, other.state);
    const folder = foldFolder(runFolder, fold.fold);
    await writeFusedFold(folder, { labels, split: fold.split, fused, state });
    const scores = (side: readonly Prediction[]): Scores | undefined =>
      side.length > 0 ? epochScores(side, labels.length) : undefined;
    const sides = { validation: scores(fused.validation), test: scores(fused.test) };
    logger.info(resultMessage(fold.fold, state, sides));
  }
}

interface FusedFold {
  readonly labels: readonly string[];
  readonly split: FinishedFold["split"];
  readonly fused: FoldFusion;
  readonly state: FoldState;
}

async function writeFusedFold(folder: string, fold: FusedFold): Promise<void> {
  const { labels, split, fused, state } = fold;
  await writeSplit(folder, split);
  await writePredictions(folder, labels, fused);
  for (const [name, test] of fused.conditions) {
    await writePredictions(conditionFolder(folder, name), labels, { validation: [], test });
  }
  if (fused.validation.length > 0) {
    await writeCalibration(folder, fitTemperature(fused.validation));
  }
  await writeFoldState(folder, state);
}

function fusedState(voice: FoldState, words: FoldState): FoldState {
  const hash = createHash("sha256").update(voice.weightsSha256).update(words.weightsSha256);
  return {
    finished: true,
    epochs: 0,
    seconds: voice.seconds + words.seconds,
    parameters: (voice.parameters ?? 0) + (words.parameters ?? 0),
    weightsSha256: hash.digest("hex"),
  };
}
