import type { Manifest, Utterance } from "../datasets/manifest.ts";
import type { ReadingNotes } from "../datasets/omissions.ts";
import { readCorpus } from "../datasets/read-corpus.ts";
import { holdsTexts, readTextCorpus } from "../datasets/text-manifest.ts";
import { usesAudio, type Recipe } from "./recipe.ts";

/** A corpus of recordings or of texts. */
export interface Data extends Manifest<Utterance>, ReadingNotes {}

/**
 * Reads the corpus that a recipe is to be trained on: texts where it reads the corpus's own words
 * and nothing else, and the corpus is one of texts; otherwise recordings.
 * @throws UndertoneError `dataset-invalid`, `file-not-found`, `file-unreadable`
 */
export async function readData(path: string, recipe: Recipe): Promise<Data> {
  if (usesAudio(recipe) || recipe.words.transcripts !== "corpus" || !(await holdsTexts(path))) {
    return readCorpus(path);
  }
  return readTextCorpus(path, { seed: recipe.seed });
}
