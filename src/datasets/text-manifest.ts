import { readdir, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { UndertoneError } from "../shared/errors.ts";
import { fileError } from "../shared/files.node.ts";
import { meaningOf } from "../text/labels.ts";
import { tokenize } from "../text/tokenize.ts";
import { LabelWords } from "./label-words.ts";
import type { Manifest, SplitName, Utterance } from "./manifest.ts";
import { Omissions, type ReadingNotes } from "./omissions.ts";
import type { CorpusOptions } from "./read-corpus.ts";
import { isTableName, readHeader, tableNameOf } from "./table.ts";
import { type NamedColumns, TableColumns } from "./table-columns.ts";
import { textCorpora } from "./text-corpora/registry.ts";
import { readTextTable } from "./text-corpora/table.ts";
import type { LabeledText, TextCorpus } from "./text-corpora/text-corpus.ts";
import { drawSplits, removeCopies } from "./text-splits.ts";

/** A labeled text with its split; `speakerId` is what intervals resample. */
export interface TextUtterance extends Utterance {
  readonly transcript: string;
  readonly split: SplitName;
}

/** A corpus of texts, and what reading it left out or could not know. */
export interface TextManifest extends Manifest<TextUtterance>, ReadingNotes {}

export interface ReadTextOptions {
  /** Of the draw of splits where the corpus makes none; 1 by default. */
  readonly seed?: number;
  /** Columns of a table that has other names than the usual. */
  readonly columns?: NamedColumns | undefined;
}

/**
 * Reads a text corpus from its folder, or from a CSV or JSON Lines table with columns for text and label. One without splits
 * gets them by `seed`, speaker by speaker. No text is in two splits.
 * @throws UndertoneError `dataset-invalid`, `file-not-found` or `file-unreadable`
 */
export async function readTextCorpus(
  root: string,
  { seed = 1, columns }: ReadTextOptions = {},
): Promise<TextManifest> {
  const path = resolve(root);
  const found = await findTexts(path, columns);
  const omissions = new Omissions();
  const labeled = found.texts.flatMap((text) => {
    const label = labelOf(text, found);
    if ("emotion" in label) return [{ text, ...label }];
    omissions.add(label.omitted, text.id);
    return [];
  });
  const drawn = drawSplits(
    labeled.map(({ text }) => text.speakerId),
    seed,
  );
  const assigned = labeled.map(({ text, emotion }): TextUtterance => {
    const { id, speakerId, text: transcript, split = drawn.get(speakerId)! } = text;
    return { id, transcript, emotion, speakerId, corpus: found.corpus, split };
  });
  const { kept, leftOut: copies } = removeCopies(assigned);
  if (kept.length === 0) {
    throw new UndertoneError("dataset-invalid", `${path}: no text has a label.`);
  }
  const { corpus, warnings, renamed } = found;
  const leftOut = [...omissions.list(), ...copies];
  return { corpus, root: path, clips: kept, leftOut, warnings: warnings(), renamed: renamed() };
}

/** The text corpus whose files a folder holds; `undefined` when none's. */
export async function detectTextCorpus(root: string): Promise<TextCorpus | undefined> {
  for (const corpus of textCorpora) {
    const present = await Promise.all(corpus.files.map((file) => isFile(join(root, file))));
    if (!present.every(Boolean)) continue;
    if (!corpus.suits || (await corpus.suits(root))) return corpus;
  }
  return undefined;
}

/**
 * Whether a folder or table is a corpus of texts rather than of recordings, whose tables have paths, and which alone have a
 * `corpus` or `layout`.
 * @throws UndertoneError `dataset-invalid` or `file-unreadable` for a table that cannot be read
 */
export async function holdsTexts(
  root: string,
  { corpus, layout, columns: named = {} }: CorpusOptions = {},
): Promise<boolean> {
  if (corpus !== undefined || layout !== undefined) return false;
  const isTable = await isFile(root);
  if (!isTable && (await detectTextCorpus(root))) return true;
  const table = isTable ? root : await onlyTable(root).catch(() => undefined);
  if (table === undefined || !isTableName(table)) return false;
  const columns = new TableColumns(table, await readHeader(table), named);
  return columns.has("transcript") && !columns.has("path");
}

/** The one table of a folder, or `undefined` where there are none or several. */
async function onlyTable(folder: string): Promise<string | undefined> {
  const tables = (await readdir(folder)).filter(isTableName);
  return tables.length === 1 ? join(folder, tables[0]!) : undefined;
}

interface FoundTexts {
  readonly corpus: string;
  readonly texts: readonly LabeledText[];
  /** Returns a word's label, "left out", or `undefined` for a word that the corpus does not have. */
  readonly meaningOf: (word: string) => string | undefined;
  readonly warnings: () => readonly string[];
  readonly renamed: () => readonly string[];
  readonly path: string;
}

async function findTexts(path: string, named: NamedColumns | undefined): Promise<FoundTexts> {
  const info = await stat(path).catch((error: unknown) => {
    throw fileError(path, error);
  });
  if (info.isFile()) return readOwnTable(path, named);
  const corpus = await detectTextCorpus(path);
  if (corpus !== undefined) {
    const { name } = corpus;
    const texts = await corpus.read(path);
    const notes = { warnings: () => [], renamed: () => [] };
    return { corpus: name, texts, path, meaningOf: (word) => meaningOf(name, word), ...notes };
  }
  const table = await onlyTable(path);
  if (table !== undefined) return readOwnTable(table, named);
  const known = textCorpora.map(({ name }) => name).join(", ");
  throw new UndertoneError(
    "dataset-invalid",
    `${path}: holds the files of no text corpus (${known}). ` +
      "Name the folder of one, or a CSV or JSON Lines file with columns for text and label.",
  );
}

async function readOwnTable(path: string, named: NamedColumns | undefined): Promise<FoundTexts> {
  if (!isTableName(path)) {
    const problem = "neither a folder nor a table. Give a folder, or a .csv, .tsv or .jsonl file.";
    throw new UndertoneError("dataset-invalid", `${path}: ${problem}`);
  }
  const { texts, warnings } = await readTextTable(path, named);
  const words = new LabelWords();
  return {
    corpus: tableNameOf(path),
    texts,
    meaningOf: (word) => words.read(word) ?? "left out",
    warnings: () => [...warnings, ...words.warnings()],
    renamed: () => words.renamed(),
    path,
  };
}

/** The label of a text, or why the text is left out. */
function labelOf(
  text: LabeledText,
  found: FoundTexts,
): { readonly emotion: string } | { readonly omitted: string } {
  if (text.defect !== undefined) return { omitted: text.defect };
  const [word = "", ...others] = text.labels;
  if (others.length > 0) return { omitted: "several labels" };
  const meaning = found.meaningOf(word);
  if (meaning === undefined) {
    throw new UndertoneError(
      "dataset-invalid",
      `${found.path}: ${text.id} is labeled "${word}", which ${found.corpus} does not have. ` +
        "Fetch the corpus's own files again.",
    );
  }
  if (meaning === "left out") return { omitted: word === "" ? "no label" : `label "${word}"` };
  if (tokenize(text.text).length === 0) return { omitted: "no words" };
  return { emotion: meaning };
}

async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (info) => info.isFile(),
    () => false,
  );
}
