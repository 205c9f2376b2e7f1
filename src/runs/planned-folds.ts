import { corporaIn, labelsOf, speakersOf } from "../datasets/manifest.ts";
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
 * @throws UndertoneError `usage` when there is no such fold, `recipe-invalid` as `assertRecipeFits` and for a batch larger than
 * a training split, `dataset-invalid` for fewer speakers than folds and a training split without a label
 */
export function planFolds(
  experiment: Experiment,
  data: Data,
  folds: readonly number[] | undefined,
): Split[] {
  assertFolds(experiment, data);
  const planned = chosenFolds(splitsOf(experiment, data), folds);
  for (const split of planned) assertTrainable(experiment, data, split);
  assertRecipeFits(experiment, {
    validated: planned.every(({ validation }) => validation.length > 0),
  });
  return planned;
}

function assertFolds({ recipe: { protocol, folds } }: Experiment, data: Data): void {
  const speakers = speakersOf(data.clips).length;
  if (protocol !== "speaker-folds" || folds === undefined || folds <= speakers) return;
  throw new UndertoneError(
    "dataset-invalid",
    `${data.corpus} has ${speakers} speakers, too few for ${folds} folds of whole speakers. Set folds to ${Math.max(2, speakers)} at most.`,
  );
}

function assertTrainable(
  { recipe, model }: Experiment,
  data: Data,
  { fold, train, test }: Split,
): void {
  const labelOf = new Map(data.clips.map(({ id, emotion }) => [id, emotion]));
  const trained = new Set(train.map((id) => labelOf.get(id)));
  const labels = data.dimensions ? [] : labelsOf(data.clips);
  const missing = labels.filter((label) => !trained.has(label));
  if (missing.length > 0) {
    const count = test.filter((id) => missing.includes(labelOf.get(id)!)).length;
    throw new UndertoneError(
      "dataset-invalid",
      `Fold ${fold} has no training clip labeled ${missing.join(", ")} (${count} of its test clips are): it cannot learn them. ` +
        `Add clips of other speakers, or leave the label out, as with --map ${missing[0]}=.`,
      { fold },
    );
  }
  const { batchSize } = recipe.training;
  if (model.fit !== undefined || batchSize <= train.length) return;
  throw new UndertoneError(
    "recipe-invalid",
    `Fold ${fold} trains on ${train.length} clips, fewer than training.batchSize (${batchSize}). ` +
      `Add clips, or use --set training.batchSize=${Math.max(1, Math.floor(train.length / 4))}.`,
    { fold },
  );
}
