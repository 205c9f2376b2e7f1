import type { Manifest, Utterance } from "../datasets/manifest.ts";
import type { ReadingNotes } from "../datasets/omissions.ts";
import { readCorpus, type CorpusOptions } from "../datasets/read-corpus.ts";
import { holdsTexts, readTextCorpus } from "../datasets/text-manifest.ts";
import { usesAudio, type Experiment } from "../recipes/recipe.ts";

/** A corpus of recordings or of texts. */
export interface Data extends Manifest<Utterance>, ReadingNotes {}

/**
 * Reads the corpus of an experiment: texts where the model takes the corpus's own words and nothing else, and the
 * corpus is one of texts; otherwise recordings.
 * @throws UndertoneError `dataset-invalid`, `file-not-found`, `file-unreadable`
 */
export async function readData(
  path: string,
  experiment: Experiment,
  options: CorpusOptions = {},
): Promise<Data> {
  const { words, seed } = experiment.recipe;
  const needsRecordings = usesAudio(experiment) || words.transcripts !== "corpus";
  if (needsRecordings || !(await holdsTexts(path, options))) return readCorpus(path, options);
  return readTextCorpus(path, { seed, columns: options.columns });
}
