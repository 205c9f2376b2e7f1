import type { Split } from "../datasets/splits.ts";
import { readModelCard, type ModelCard } from "../models/model-card.ts";
import { UndertoneError } from "../shared/errors.ts";
import { companionsOf } from "./evaluate-run.ts";
import {
  foldFolder,
  modelFile,
  readFoldModel,
  readRunInfo,
  readSplit,
  retrained,
} from "./run-folder.ts";

/** A run that is about to learn from another. */
export interface Learner {
  readonly corpus: string;
  /** Names of the corpora beside it. */
  readonly companions: readonly string[];
  readonly labels: readonly string[];
}

/** What a run has made of a fold. */
interface FoldModel {
  readonly bytes: Uint8Array;
  readonly card: ModelCard;
  /** Ids of the training side. */
  readonly learned: readonly string[];
}

/**
 * Refuses to learn from a run whose fold may know clips that the same fold of the learner is to be tested on.
 * @throws UndertoneError `split-leaks`
 */
export function assertSameTest(
  { runFolder }: { readonly runFolder: string },
  known: Pick<Split, "test">,
  { fold, test }: Pick<Split, "fold" | "test">,
): void {
  const tested = new Set(known.test);
  if (test.every((id) => tested.has(id))) return;
  throw new UndertoneError(
    "split-leaks",
    `The run ${runFolder}, to learn from, is tested on other clips in fold ${fold} and may know the test clips of this one. ` +
      "Train it on the same data; where the seed draws the folds, take one seed.",
  );
}

/**
 * The model of a run that has trained the same fold, to learn from.
 * @throws UndertoneError `run-invalid` when the run knows other emotions or other corpora, `split-leaks` as `assertSameTest`,
 * and what reading the model throws
 */
export async function foldModel(
  runFolder: string,
  split: Pick<Split, "fold" | "test">,
  { corpus, companions, labels }: Learner,
): Promise<FoldModel> {
  const info = await readRunInfo(runFolder);
  const known = [info.corpus, ...companionsOf(info)].join(" + ");
  const own = [corpus, ...companions].join(" + ");
  if (known !== own) {
    const message = `The run ${runFolder}, to learn from, was trained on ${known}, not on ${own}. Give the same corpora, or a folder elsewhere by --out: the runs to learn from lie beside it.`;
    throw new UndertoneError("run-invalid", message);
  }
  const folder = foldFolder(runFolder, split.fold);
  const sides = await readSplit(folder);
  assertSameTest({ runFolder }, sides, split);
  const bytes = await readFoldModel(runFolder, split.fold);
  if (bytes === undefined) throw notWhole(folder);
  const card = foldCard(bytes, folder);
  if (card.labels.join() !== labels.join()) {
    const message = `${modelFile(folder)} knows other emotions than the corpus. Train it on the same data.`;
    throw new UndertoneError("run-invalid", message);
  }
  return { bytes, card, learned: sides.train };
}

/** The card of a fold's model. @throws UndertoneError `model-invalid` with what helps where the file was damaged */
export function foldCard(bytes: Uint8Array, folder: string): ModelCard {
  try {
    return readModelCard(bytes);
  } catch (cause) {
    if (!(cause instanceof UndertoneError)) throw cause;
    throw notWhole(folder, cause);
  }
}

function notWhole(folder: string, cause?: UndertoneError): UndertoneError {
  const message = `${modelFile(folder)} is missing or no whole model. ${retrained(folder)}`;
  return new UndertoneError("model-invalid", message, { cause });
}
