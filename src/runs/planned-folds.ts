import { corporaIn } from "../datasets/manifest.ts";
import { makeSplits, type AudioHashes, type Split } from "../datasets/splits.ts";
import { UndertoneError } from "../shared/errors.ts";
import type { Experiment } from "../recipes/recipe.ts";
import { assertRecipeFits } from "../recipes/rules.ts";
import type { Data } from "./read-data.ts";

/** Returns all folds of a recipe's protocol. */
export function splitsOf({ recipe }: Experiment, data: Data, audioHashes?: AudioHashes): Split[] {
  return makeSplits(data, recipe.protocol, { ...recipe, audioHashes });
}

/** @throws UndertoneError `recipe-invalid` for a weight of a corpus that is not trained on */
export function assertCorpusWeights({ recipe }: Experiment, corpora: readonly Data[]): void {
  const names = corpora.flatMap(corporaIn);
  const unknown = Object.keys(recipe.training.corpusWeights).find((name) => !names.includes(name));
  if (unknown === undefined) return;
  throw new UndertoneError(
    "recipe-invalid",
    `The recipe ${recipe.name}: training.corpusWeights names ${unknown}, and this training has ${names.join(", ")}.`,
  );
}

/** Returns the folds that were asked for, all by default. @throws UndertoneError `usage` when there is no such fold */
export function chosenFolds(
  splits: readonly Split[],
  folds: readonly number[] | undefined,
): Split[] {
  const known = splits.map(({ fold }) => fold);
  const unknown = folds?.find((fold) => !known.includes(fold));
  if (unknown !== undefined) {
    const has = known.length === 1 ? "only fold 1" : `folds 1 to ${known.length}`;
    throw new UndertoneError("usage", `There is no fold ${unknown}: this protocol has ${has}.`);
  }
  return splits.filter(({ fold }) => folds?.includes(fold) ?? true);
}

/**
 * Returns the folds of a recipe that are asked for, before any sound is decoded.
 * @throws UndertoneError `usage` when there is no such fold, `recipe-invalid` as `assertRecipeFits`
 */
export function planFolds(
  experiment: Experiment,
  data: Data,
  folds: readonly number[] | undefined,
): Split[] {
  const planned = chosenFolds(splitsOf(experiment, data), folds);
  assertRecipeFits(experiment, {
    validated: planned.every(({ validation }) => validation.length > 0),
  });
  return planned;
}
