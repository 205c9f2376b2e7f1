import { join } from "node:path";
import type { TextCorpusName } from "../../text/labels.ts";
import type { Utterance } from "../manifest.ts";
import { readUtf8 } from "../table.ts";

export type Side = NonNullable<Utterance["side"]>;

/** One file a side, relative to the corpus's folder. */
export type SideFiles = Readonly<Record<Side, string>>;

/** One utterance as a corpus has it: any number of its own labels, none mapped yet. */
export interface LabeledText {
  readonly id: string;
  readonly text: string;
  readonly labels: readonly string[];
  readonly speakerId: string;
  /** Absent where the corpus makes no split. */
  readonly side?: Side;
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
 * The lines of a UTF-8 file of a corpus, the empty ones at its end left off.
 * @throws UndertoneError `dataset-invalid`, `file-not-found`, `file-unreadable`
 */
export async function readLines(root: string, file: string): Promise<string[]> {
  return (await readUtf8(join(root, file))).trimEnd().split(/\r?\n/);
}

/** Reads every side by `readSide`, one after the other in the result. */
export async function readSides(
  files: SideFiles,
  readSide: (side: Side, file: string) => Promise<LabeledText[]>,
): Promise<LabeledText[]> {
  const sides = ["train", "validation", "test"] as const;
  return (await Promise.all(sides.map((side) => readSide(side, files[side])))).flat();
}
