import { dirname, isAbsolute, resolve } from "node:path";
import { UndertoneError } from "../../shared/errors.ts";
import { type Clip, unknownSpeaker } from "../manifest.ts";
import { Omissions, type ReadingNotes } from "../omissions.ts";
import { LabelWords } from "../label-words.ts";
import { readTable, tableError, type TableRow } from "../table.ts";
import { parseSex } from "./importer.ts";
import { type NamedColumns, TableColumns } from "../table-columns.ts";

/** How to read a table. */
export interface TableOptions {
  /** Columns that have other names than the usual. */
  readonly columns?: NamedColumns | undefined;
  /** The label of every row, in place of a column. */
  readonly label?: string | undefined;
}

/**
 * Reads the clips of a CSV or JSON Lines file with columns for path and label, and optionally corpus, speaker, sex, transcript
 * and split. Paths are relative to the file. A table without speakers gives all clips to one unknown speaker.
 * @throws UndertoneError `dataset-invalid` naming the line; `file-not-found`, `file-unreadable`
 */
export async function readTableCorpus(
  path: string,
  { columns: named, label }: TableOptions = {},
): Promise<{ readonly clips: Clip[] } & ReadingNotes> {
  const rows = await readTable(path);
  if (rows.length === 0) {
    throw new UndertoneError("dataset-invalid", `${path}: holds no rows. Name clips in it.`);
  }
  const header = [...new Set(rows.flatMap(({ values }) => Object.keys(values)))];
  const columns = new TableColumns(path, header, named);
  columns.require("path", ...(label === undefined ? (["label"] as const) : []));
  const words = new LabelWords();
  const omissions = new Omissions();
  const hasSpeakers = rows.some((row) => columns.cell(row, "speaker") !== "");
  const clips = new Map<string, Clip>();
  for (const row of rows) {
    const id = pathOf(path, row, columns);
    const emotion = label ?? words.read(columns.cell(row, "label"));
    const speakerId = hasSpeakers ? columns.cell(row, "speaker") : unknownSpeaker;
    if (emotion === undefined || speakerId === "") {
      omissions.add(emotion === undefined ? "no label" : "no speaker", id);
      continue;
    }
    const clip = {
      id,
      path: resolve(dirname(path), id),
      emotion,
      speakerId,
      ...extrasOf(row, columns),
    };
    const twin = clips.get(clip.path);
    if (twin === undefined) clips.set(clip.path, clip);
    else if (isSame(twin, clip) && !columns.has("start")) omissions.add("second row of a clip", id);
    else throw tableError(path, row.line, twiceProblem(id, columns));
  }
  return {
    clips: [...clips.values()],
    leftOut: omissions.list(),
    warnings: [
      ...columns.warnings,
      ...columns.splitWarnings(rows),
      ...segmentWarnings(columns),
      ...words.warnings(),
    ],
    renamed: words.renamed(),
  };
}

function extrasOf(
  row: TableRow,
  columns: TableColumns,
): Pick<Clip, "corpus" | "sex" | "transcript" | "split"> {
  const sex = parseSex(columns.cell(row, "sex"));
  const transcript = columns.cell(row, "transcript");
  const split = columns.splitOf(row);
  const corpus = columns.cell(row, "corpus");
  return {
    ...(corpus !== "" && { corpus }),
    ...(sex && { sex }),
    ...(transcript !== "" && { transcript }),
    ...(split && { split }),
  };
}

/** A clip's path as the table has it, with `/` between folders on every system. */
function pathOf(table: string, row: TableRow, columns: TableColumns): string {
  const path = columns.cell(row, "path").replaceAll("\\", "/");
  if (path === "") {
    throw tableError(table, row.line, `column "${columns.nameOf("path")}" is empty.`);
  }
  if (/^[a-z]:\//i.test(path) && !isAbsolute(path)) {
    const problem = `${path} is on a Windows drive, which this system does not have.`;
    throw tableError(table, row.line, `${problem} Give paths relative to the table.`);
  }
  return path;
}

function isSame(a: Clip, b: Clip): boolean {
  return a.emotion === b.emotion && a.speakerId === b.speakerId && a.split === b.split;
}

function twiceProblem(id: string, columns: TableColumns): string {
  return columns.has("start")
    ? `names ${id} a second time. Segments of a recording are not supported: cut it into a file for each segment.`
    : `names ${id} a second time, with another label, speaker or split. Keep one of the rows.`;
}

function segmentWarnings(columns: TableColumns): string[] {
  const names = (["start", "end"] as const).filter((role) => columns.has(role));
  if (names.length === 0) return [];
  const listed = names.map((role) => `"${columns.nameOf(role)}"`).join(", ");
  return [`Times in a recording (${listed}) are not read: each row is the whole file.`];
}
