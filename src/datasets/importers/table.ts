import { dirname, isAbsolute, resolve } from "node:path";
import { dimensionNames } from "../../shared/dimensions.ts";
import { UndertoneError } from "../../shared/errors.ts";
import { type Clip, unknownSpeaker, unlabeled } from "../manifest.ts";
import { Omissions, type ReadingNotes } from "../omissions.ts";
import { LabelWords } from "../label-words.ts";
import { type Segment, parseTimeSec, segmentName } from "../segment.ts";
import { parseTable, readBytes, tableError, type TableRow } from "../table.ts";
import { decodeAnyText, isLegacyText } from "../table-text.ts";
import { parseSex } from "./importer.ts";
import { type NamedColumns, TableColumns } from "../table-columns.ts";

/** How to read a table. */
export interface TableOptions {
  /** Columns that have other names than the usual. */
  readonly columns?: NamedColumns | undefined;
  /** The label of every row, in place of a column. */
  readonly label?: string | undefined;
  /** Tables in the same folder that may name speaker, sex and words by path, as audformat's `db.files.csv` does. */
  readonly beside?: readonly string[];
}

/**
 * Reads the clips of a CSV or JSON Lines file with columns for path and label, and optionally the part of the file, corpus,
 * speaker, sex, transcript, split and dimensions, which may stand in for labels. Paths are relative to the table. A table
 * without speakers gives all clips to one unknown speaker.
 * @throws UndertoneError `dataset-invalid` naming the line; `file-not-found`, `file-unreadable`
 */
export async function readTableCorpus(
  path: string,
  { columns: named, label, beside = [] }: TableOptions = {},
): Promise<{ readonly clips: Clip[] } & ReadingNotes> {
  const bytes = await readBytes(path);
  const rows = parseTable(path, bytes, decodeAnyText);
  if (rows.length === 0) {
    throw new UndertoneError("dataset-invalid", `${path}: holds no rows. Name clips in it.`);
  }
  const header = [...new Set(rows.flatMap(({ values }) => Object.keys(values)))];
  const columns = new TableColumns(path, header, named);
  columns.require("path");
  const constant =
    label ?? (columns.has("label") || !columns.hasDimensions ? undefined : unlabeled);
  if (constant === undefined) columns.require("label");
  const words = new LabelWords();
  const omissions = new Omissions();
  const facts = await factsIn(beside);
  const speakerOf = (row: TableRow, file: string): string =>
    columns.cell(row, "speaker") || (facts.get(resolve(dirname(path), file))?.speakerId ?? "");
  const hasSpeakers = rows.some((row) => speakerOf(row, columns.cell(row, "path")) !== "");
  const clips = new Map<string, Clip>();
  for (const row of rows) {
    const file = pathOf(path, row, columns);
    const segment = segmentOf(path, row, columns);
    const id = segment ? segmentName(file, segment) : file;
    const emotion = constant ?? words.read(columns.cell(row, "label"));
    const speakerId = hasSpeakers ? speakerOf(row, file) : unknownSpeaker;
    if (emotion === undefined || speakerId === "") {
      omissions.add(emotion === undefined ? "no label" : "no speaker", id);
      continue;
    }
    const clip = {
      id,
      ...facts.get(resolve(dirname(path), file)),
      path: resolve(dirname(path), file),
      emotion,
      speakerId,
      ...(segment && { segment }),
      ...extrasOf(row, columns),
    };
    const key = resolve(dirname(path), id);
    const twin = clips.get(key);
    if (twin === undefined) clips.set(key, clip);
    else if (isSame(twin, clip)) omissions.add("second row of a clip", id);
    else {
      const problem = `names ${id} a second time, with another label, speaker, split or rating.`;
      throw tableError(path, row.line, `${problem} Keep one of the rows.`);
    }
  }
  return {
    clips: [...clips.values()],
    leftOut: omissions.list(),
    warnings: [
      ...columns.warnings,
      ...columns.splitWarnings(rows),
      ...(isLegacyText(bytes) ? [legacyWarning] : []),
      ...words.warnings(),
    ],
    renamed: words.renamed(),
  };
}

type FileFacts = Partial<Pick<Clip, "speakerId" | "sex" | "transcript">>;

/** What other tables say of files, by path. */
async function factsIn(tables: readonly string[]): Promise<ReadonlyMap<string, FileFacts>> {
  const facts = new Map<string, FileFacts>();
  for (const table of tables) {
    const rows = parseTable(table, await readBytes(table), decodeAnyText);
    const columns = new TableColumns(table, Object.keys(rows[0]?.values ?? {}));
    if (!columns.has("path")) continue;
    for (const row of rows) {
      const path = resolve(dirname(table), columns.cell(row, "path").replaceAll("\\", "/"));
      const speakerId = columns.cell(row, "speaker");
      const sex = parseSex(columns.cell(row, "sex"));
      const transcript = columns.cell(row, "transcript");
      facts.set(path, {
        ...facts.get(path),
        ...(speakerId !== "" && { speakerId }),
        ...(sex && { sex }),
        ...(transcript !== "" && { transcript }),
      });
    }
  }
  return facts;
}

const legacyWarning =
  "The table is not UTF-8 and was read as Windows-1252 (Latin-1). Where letters are wrong, save it as UTF-8.";

function extrasOf(
  row: TableRow,
  columns: TableColumns,
): Pick<Clip, "corpus" | "sex" | "transcript" | "split" | "dimensions"> {
  const sex = parseSex(columns.cell(row, "sex"));
  const transcript = columns.cell(row, "transcript");
  const split = columns.splitOf(row);
  const corpus = columns.cell(row, "corpus");
  const dimensions = dimensionsOf(row, columns);
  return {
    ...(corpus !== "" && { corpus }),
    ...(sex && { sex }),
    ...(transcript !== "" && { transcript }),
    ...(split && { split }),
    ...(dimensions && { dimensions }),
  };
}

/** Words, such as `positive` for valence, are no ratings. */
function dimensionsOf(row: TableRow, columns: TableColumns): Clip["dimensions"] {
  const ratings = dimensionNames.flatMap((name) => {
    const cell = columns.cell(row, name);
    const rating = Number(cell);
    return cell !== "" && Number.isFinite(rating) ? [[name, rating] as const] : [];
  });
  return ratings.length > 0 ? Object.fromEntries(ratings) : undefined;
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
  const [first, second] = [a, b].map(({ emotion, speakerId, split, dimensions }) =>
    JSON.stringify([emotion, speakerId, split, dimensions]),
  );
  return first === second;
}

/** Returns the part of its file that a row names; `undefined` for all of it. */
function segmentOf(table: string, row: TableRow, columns: TableColumns): Segment | undefined {
  const timeIn = (role: "start" | "end"): number | undefined => {
    const text = columns.cell(row, role);
    const sec = parseTimeSec(text);
    if (!Number.isNaN(sec)) return sec;
    const problem = `column "${columns.nameOf(role)}" has "${text}", which is no time, such as 1.5 or 00:00:01.5.`;
    throw tableError(
      table,
      row.line,
      `${problem} Correct it, or ignore it with --columns ${role}=.`,
    );
  };
  const [startSec = 0, endSec] = [timeIn("start"), timeIn("end")];
  if (endSec !== undefined && endSec <= startSec) {
    throw tableError(table, row.line, `ends at ${endSec} s, not after its start at ${startSec} s.`);
  }
  if (startSec === 0 && endSec === undefined) return undefined;
  return { startSec, ...(endSec !== undefined && { endSec }) };
}
