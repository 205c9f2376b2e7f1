import { stat } from "node:fs/promises";
import { dirname, relative, resolve } from "node:path";
import { csvRow } from "../shared/csv.ts";
import { dimensionNames } from "../shared/dimensions.ts";
import { UndertoneError } from "../shared/errors.ts";
import { writeFileAtomically } from "../shared/files.node.ts";
import { unlabeled, type Clip } from "./manifest.ts";

const columns = [
  "path",
  "start",
  "end",
  "emotion",
  "corpus",
  "speaker",
  "sex",
  "split",
  "transcript",
  ...dimensionNames,
] as const;

/**
 * Writes clips as a table that `readCorpus` reads, CSV for a path that ends in `.csv`, otherwise JSON Lines. Paths are relative
 * to its folder, with `/` between folders on every system.
 * @throws UndertoneError `disk-full`, `file-unreadable`
 */
export async function writeClipTable(path: string, clips: readonly Clip[]): Promise<void> {
  const folder = dirname(resolve(path));
  const rows = clips.map(({ path: file, speakerId: speaker, ...clip }) => ({
    path: relative(folder, file).replaceAll("\\", "/"),
    start: clip.segment?.startSec,
    end: clip.segment?.endSec,
    emotion: clip.emotion === unlabeled ? undefined : clip.emotion,
    corpus: clip.corpus,
    speaker,
    sex: clip.sex,
    split: clip.split,
    transcript: clip.transcript,
    ...clip.dimensions,
  }));
  const used = columns.filter((column) => rows.some((row) => row[column] !== undefined));
  const lines = /\.csv$/i.test(path)
    ? [csvRow(used), ...rows.map((row) => csvRow(used.map((column) => String(row[column] ?? ""))))]
    : rows.map((row) => `${JSON.stringify(row)}\n`);
  await writeFileAtomically(path, lines.join(""));
}

/** @throws UndertoneError `usage` for a file that is there, or that no command would read as a table */
export async function assertNewTable(path: string): Promise<void> {
  if (!/\.(csv|jsonl)$/i.test(path)) {
    throw new UndertoneError("usage", `${path}: the name of a table must end in .csv or .jsonl.`);
  }
  const isThere = await stat(path).then(
    () => true,
    () => false,
  );
  if (isThere) {
    throw new UndertoneError("usage", `${path}: exists already. Name another file, or delete it.`);
  }
}
