import { readdir, stat } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { parseEmotion, type Emotion } from "../shared/emotions.ts";
import { UndertoneError } from "../shared/errors.ts";
import { fileError } from "../shared/files.node.ts";
import { meaningOf, type LabelMeaning } from "../text/labels.ts";
import { tokenize } from "../text/tokenize.ts";
import type { LeftOut, Manifest, Utterance } from "./manifest.ts";
import { readColumns } from "./table.ts";
import { textCorpora } from "./text-corpora/registry.ts";
import { readTextTable } from "./text-corpora/table.ts";
import type { LabeledText, Side, TextCorpus } from "./text-corpora/text-corpus.ts";
import { drawSides, removeCopies } from "./text-sides.ts";

/** Something written or said, with its label and its side; `speakerId` is what intervals resample. */
export interface TextUtterance extends Utterance {
  readonly transcript: string;
  readonly side: Side;
}

/** A corpus of texts: what text models are trained and judged on. */
export interface TextManifest extends Manifest<TextUtterance> {
  readonly leftOut: readonly LeftOut[];
}

const tableName = /\.(csv|jsonl|ndjson)$/i;

/**
 * Reads a text corpus from its folder, or from a CSV or JSON Lines table with text and emotion. One
 * without sides gets them by `seed`, speaker by speaker. No text stands on two sides.
 * @throws UndertoneError `dataset-invalid`, `file-not-found` or `file-unreadable`
 */
export async function readTextCorpus(
  root: string,
  { seed = 1 }: { readonly seed?: number } = {},
): Promise<TextManifest> {
  const path = resolve(root);
  const found = await findTexts(path);
  const leftOut = new Map<string, number>();
  const meant = found.texts.flatMap((text) => {
    const emotion = emotionOf(text, found);
    if (typeof emotion === "string") return [{ text, emotion }];
    leftOut.set(emotion.reason, (leftOut.get(emotion.reason) ?? 0) + 1);
    return [];
  });
  const drawn = drawSides(
    meant.map(({ text }) => text.speakerId),
    seed,
  );
  const sided = meant.map(({ text, emotion }): TextUtterance => {
    const { id, speakerId, text: transcript, side = drawn.get(speakerId)! } = text;
    return { id, transcript, emotion, speakerId, side };
  });
  const { kept, leftOut: copies } = removeCopies(sided);
  if (kept.length === 0) {
    throw new UndertoneError("dataset-invalid", `${path}: no text has a known emotion.`);
  }
  const reasons = [...leftOut].map(([reason, count]) => ({ reason, count }));
  return { corpus: found.corpus, root: path, clips: kept, leftOut: [...reasons, ...copies] };
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
 * Whether a folder or table is a corpus of texts rather than of recordings, whose tables have paths.
 * @throws UndertoneError `dataset-invalid` or `file-unreadable` for a table that cannot be read
 */
export async function holdsTexts(root: string): Promise<boolean> {
  const isTable = await isFile(root);
  if (!isTable && (await detectTextCorpus(root))) return true;
  const table = isTable ? root : await onlyTable(root).catch(() => undefined);
  if (table === undefined || !tableName.test(table)) return false;
  const columns = await readColumns(table);
  return columns.includes("text") && !columns.includes("path");
}

/** The one table of a folder, or `undefined` where there are none or several. */
async function onlyTable(folder: string): Promise<string | undefined> {
  const tables = (await readdir(folder)).filter((name) => tableName.test(name));
  return tables.length === 1 ? join(folder, tables[0]!) : undefined;
}

interface FoundTexts {
  readonly corpus: string;
  readonly texts: readonly LabeledText[];
  /** `undefined` for a label that the corpus does not have. */
  readonly meaningOf: (label: string) => LabelMeaning | undefined;
  readonly path: string;
}

async function findTexts(path: string): Promise<FoundTexts> {
  const info = await stat(path).catch((error: unknown) => {
    throw fileError(path, error);
  });
  if (info.isFile()) return readTable(path);
  const corpus = await detectTextCorpus(path);
  if (corpus !== undefined) {
    const { name } = corpus;
    const texts = await corpus.read(path);
    return { corpus: name, texts, meaningOf: (label) => meaningOf(name, label), path };
  }
  const table = await onlyTable(path);
  if (table !== undefined) return readTable(table);
  const known = textCorpora.map(({ name }) => name).join(", ");
  throw new UndertoneError(
    "dataset-invalid",
    `${path}: holds the files of no text corpus (${known}). ` +
      "Name the folder of one, or a CSV or JSON Lines file with text, emotion.",
  );
}

async function readTable(path: string): Promise<FoundTexts> {
  if (!tableName.test(path)) {
    const problem = "neither a folder nor a table. Give a folder, or a .csv or .jsonl file.";
    throw new UndertoneError("dataset-invalid", `${path}: ${problem}`);
  }
  return {
    corpus: basename(path).replace(tableName, ""),
    texts: await readTextTable(path),
    meaningOf: (label) => parseEmotion(label) ?? "left out",
    path,
  };
}

/** What a text's label means, or why the text is left out. */
function emotionOf(text: LabeledText, found: FoundTexts): Emotion | { readonly reason: string } {
  if (text.defect !== undefined) return { reason: text.defect };
  const [label = "", ...others] = text.labels;
  if (others.length > 0) return { reason: "several labels" };
  const meaning = found.meaningOf(label);
  if (meaning === undefined) {
    throw new UndertoneError(
      "dataset-invalid",
      `${found.path}: ${text.id} is labeled "${label}", which ${found.corpus} does not have. ` +
        "Fetch the corpus's own files again.",
    );
  }
  if (meaning === "left out") return { reason: `label "${label}"` };
  if (tokenize(text.text).length === 0) return { reason: "no words" };
  return meaning;
}

async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (info) => info.isFile(),
    () => false,
  );
}
