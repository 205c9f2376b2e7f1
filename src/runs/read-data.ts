import { joinCorpora, withCommonLabels } from "../datasets/join-corpora.ts";
import { corporaIn, type Manifest, type Utterance } from "../datasets/manifest.ts";
import type { ReadingNotes } from "../datasets/omissions.ts";
import { readCorpus, withLabelMap, type CorpusOptions } from "../datasets/read-corpus.ts";
import { usesAudio, type Experiment } from "../recipes/recipe.ts";
import type { DimensionScale } from "../shared/dimensions.ts";
import type { RunInfo } from "./run-folder.ts";

/** A corpus of recordings or of texts. */
export interface Data extends Manifest<Utterance>, ReadingNotes {
  /** There where dimensions are predicted: what the corpus rates. */
  readonly dimensions?: readonly DimensionScale[];
}

/**
 * Reads the corpora of an experiment as one; where dimensions are predicted only clips that are rated, and under the protocol
 * `leave-one-corpus-out` only clips with labels that all of them have.
 * @throws UndertoneError `dataset-invalid`, `file-not-found`, `file-unreadable`
 */
export async function readData(
  paths: string | readonly string[],
  experiment: Experiment,
  options: CorpusOptions = {},
): Promise<Data> {
  const { map, ...unmapped } = options;
  const corpora: Data[] = [];
  for (const path of [paths].flat()) corpora.push(await readOne(path, experiment, unmapped));
  const [first, ...others] = corpora;
  if (!first) throw new RangeError("readData: expected at least one path, got none");
  const data = await withLabelMap(joinCorpora([first, ...others]), map);
  const { target, protocol } = experiment.recipe;
  if (target === "dimensions") {
    const { ratedCorpus } = await import("../datasets/dimensions.ts");
    return ratedCorpus(data);
  }
  const isCrossCorpus = protocol === "leave-one-corpus-out" && corporaIn(data).length > 1;
  return isCrossCorpus ? withCommonLabels(data) : data;
}

/**
 * Reads one corpus: texts where the model takes the corpus's own words and nothing else, and the corpus is one of texts;
 * otherwise recordings.
 */
async function readOne(
  path: string,
  experiment: Experiment,
  options: CorpusOptions,
): Promise<Data> {
  const { words, seed } = experiment.recipe;
  const needsRecordings = usesAudio(experiment) || words.transcripts !== "corpus";
  if (needsRecordings) return readCorpus(path, options);
  const { holdsTexts, readTextCorpus } = await import("../datasets/text-manifest.ts");
  if (!(await holdsTexts(path, options))) return readCorpus(path, options);
  return readTextCorpus(path, { seed, columns: options.columns });
}

/** Returns a corpus's name as run folders record it, with those of the corpora that it is made of where they are others. */
export function corpusRecord(data: Data): Pick<RunInfo, "corpus" | "corpora"> {
  const { corpus } = data;
  const corpora = corporaIn(data);
  return corpora.length === 1 && corpora[0] === corpus ? { corpus } : { corpus, corpora };
}
