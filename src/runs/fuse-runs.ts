import { createHash } from "node:crypto";
import { rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Prediction } from "../evaluation/prediction.ts";
import { UndertoneError } from "../shared/errors.ts";
import { readRun } from "./evaluate-run.ts";
import { averageFolds, fuseFolds } from "./fold-fusion.ts";
import { writeOutcome } from "./fold-outcome.ts";
import { writeJoinedModel } from "./joined-model.ts";
import { usesAudio, parseRecipe, type FusedRecipe, type Recipe } from "./recipe.ts";
import { calibrationOf } from "./run-calibration.ts";
import {
  foldFolder,
  modelFile,
  readRunInfo,
  retrained,
  writeFoldState,
  writeRunInfo,
  writeSplit,
  type FoldState,
} from "./run-folder.ts";
import { resultMessage } from "./training-messages.ts";
import type { RunOptions, TrainingRequest } from "./training-request.ts";

/** A run that a recipe is made of, trained or not. */
export interface MemberRun {
  readonly recipe: Recipe;
  readonly runFolder: string;
}

/**
 * The runs that a recipe is made of, each with the recipe's protocol, in folders beside its own: of a late fusion the
 * one that usesAudio first, then the one that reads, to which robustnessTests apply; of an ensemble each member with each seed.
 */
export function membersOf(
  {
    model,
    protocol,
    seed: firstSeed,
    stratified,
    validationSpeakers,
    robustnessTests,
  }: FusedRecipe,
  runFolder: string,
): MemberRun[] {
  const memberOf = (recipe: Recipe, seed = firstSeed): MemberRun => {
    const ending = seed === 1 ? "" : `-seed-${seed}`;
    return {
      recipe: { ...recipe, protocol, seed, stratified, validationSpeakers },
      runFolder: join(dirname(runFolder), `${recipe.name}-${protocol}${ending}`),
    };
  };
  if (model.kind === "fusion-late") {
    return [memberOf(model.voice), memberOf({ ...model.words, robustnessTests })];
  }
  return model.members.flatMap((member) =>
    Array.from({ length: model.seeds }, (_, index) => memberOf(member, firstSeed + index)),
  );
}

/** The members of a finished run of the recipe, whatever its protocol. @throws UndertoneError `run-invalid` */
export async function membersOfRun(recipe: FusedRecipe, runFolder: string): Promise<MemberRun[]> {
  const { protocol } = parseRecipe((await readRunInfo(runFolder)).recipe, runFolder);
  return membersOf({ ...recipe, protocol }, runFolder);
}

/**
 * Fuses the folds that all member runs have finished into a run folder; what is fitted, is fitted on each fold's validation
 * side, or on the run that the request is to be calibrated by. An ensemble whose members fit into one file gets one.
 * @throws UndertoneError `run-invalid` when the members do not belong together
 */
export async function fuseRuns(
  request: TrainingRequest & { readonly recipe: FusedRecipe },
  { logger }: RunOptions,
): Promise<void> {
  const { recipe, runFolder, facts, calibrateFrom } = request;
  const members = membersOf(recipe, runFolder);
  const runs: Awaited<ReturnType<typeof readRun>>[] = [];
  for (const member of members) runs.push(await readRun(member.runFolder));
  const first = runs[0]!;
  const { labels } = first.info;
  const other = runs.findIndex(({ info }) => info.labels.join() !== labels.join());
  if (other >= 0) {
    throw new UndertoneError(
      "run-invalid",
      `${members[0]!.runFolder} and ${members[other]!.runFolder} have different emotions. Train both on the same data.`,
    );
  }
  const calibration =
    calibrateFrom === undefined ? undefined : await calibrationOf(calibrateFrom, recipe, labels);
  const { model, name, seed, protocol } = recipe;
  const companions = runs.flatMap(({ info }) => info.companions ?? []);
  const adapters = runs.flatMap(({ info }) => info.adapters ?? []);
  await writeRunInfo(runFolder, {
    ...first.info,
    ...(companions.length > 0 && { companions }),
    ...(adapters.length > 0 && { adapters }),
    ...facts,
    name,
    recipe,
    seed,
    protocol,
  });
  const problems = new Set<string>();
  for (const { fold, split } of first.folds) {
    const folds = runs.flatMap((run) => run.folds.filter((candidate) => candidate.fold === fold));
    if (folds.length < runs.length || request.folds?.includes(fold) === false) continue;
    for (const [index, { split: sides, test }] of folds.entries()) {
      assertWhole(foldFolder(members[index]!.runFolder, fold), sides.test, test);
    }
    const fused =
      model.kind === "fusion-late"
        ? fuseFolds(model.method, folds[0]!, folds[1]!)
        : averageFolds(folds);
    const folder = foldFolder(runFolder, fold);
    await writeSplit(folder, split);
    const outcome = await writeOutcome(folder, labels, fused);
    if (model.kind === "ensemble" && usesAudio(recipe)) {
      const joining = { recipe, fold, members, calibration: calibration ?? outcome, facts };
      const path = modelFile(folder);
      const problem = await writeJoinedModel(joining, path);
      if (problem !== undefined) {
        problems.add(problem);
        await rm(path, { force: true });
      }
    }
    const state = fusedState(folds.map((finished) => finished.state));
    await writeFoldState(folder, state);
    logger.info(resultMessage(fold, state, outcome.scores));
  }
  for (const problem of problems) logger.info(`${name} has no model file of its own. ${problem}`);
}

/** @throws UndertoneError `run-invalid` when answers of a member's test clips are missing */
function assertWhole(
  folder: string,
  expected: readonly string[],
  judged: readonly Pick<Prediction, "id">[],
): void {
  const ids = new Set(judged.map(({ id }) => id));
  if (expected.every((id) => ids.has(id))) return;
  throw new UndertoneError(
    "run-invalid",
    `${join(folder, "predictions.csv")} has ${judged.length} of ${expected.length} test clips. ${retrained(folder)}`,
  );
}

function fusedState(states: readonly FoldState[]): FoldState {
  const hash = createHash("sha256");
  for (const { weightsSha256 } of states) hash.update(weightsSha256);
  const total = (valueOf: (state: FoldState) => number): number =>
    states.reduce((sum, state) => sum + valueOf(state), 0);
  return {
    finished: true,
    epochs: 0,
    seconds: total(({ seconds }) => seconds),
    parameters: total(({ parameters = 0 }) => parameters),
    weightsSha256: hash.digest("hex"),
  };
}
