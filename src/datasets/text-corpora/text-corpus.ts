import { join } from "node:path";
import type { TextCorpusName } from "../../text/labels.ts";
import { splitNames, type SplitName } from "../manifest.ts";
import { readText } from "../table.ts";

/** One file for each split, relative to the corpus's folder. */
export type SplitFiles = Readonly<Record<SplitName, string>>;

/** One utterance as a corpus has it: any number of its own labels, none mapped yet. */
export interface LabeledText {
  readonly id: string;
  readonly text: string;
  readonly labels: readonly string[];
  readonly speakerId: string;
  /** Absent where the corpus makes no split. */
  readonly split?: SplitName;
  /** Why this one must not be used, where the corpus itself shows it. */
  readonly defect?: string;
}

/** A corpus of labeled texts that is known by the names of its files. */
export interface TextCorpus {
  readonly name: TextCorpusName;
  /** Relative to the corpus's folder, `/` between folders; all must be there. */
  readonly files: readonly string[];
  /** Tells corpora with the same names apart by what is in them. */
  readonly suits?: (root: string) => Promise<boolean>;
  /** @throws UndertoneError `dataset-invalid` naming file and line, `file-unreadable` */
  readonly read: (root: string) => Promise<LabeledText[]>;
}

/**
 * Returns the lines of a text file of a corpus, the empty ones at its end left off.
 * @throws UndertoneError `dataset-invalid`, `file-not-found`, `file-unreadable`
 */
export async function readLines(root: string, file: string): Promise<string[]> {
  return (await readText(join(root, file))).trimEnd().split(/\r?\n/);
}

/** Reads every split by `readSplit`, one after the other in the result. */
export async function readSplits(
  files: SplitFiles,
  readSplit: (split: SplitName, file: string) => Promise<LabeledText[]>,
): Promise<LabeledText[]> {
  return (await Promise.all(splitNames.map((split) => readSplit(split, files[split])))).flat();
}
