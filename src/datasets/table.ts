import { readFile, stat } from "node:fs/promises";
import { CsvError, parse } from "csv-parse/sync";
import { UndertoneError } from "../shared/errors.ts";
import { fileError } from "../shared/files.node.ts";
import { decodeAnyText, decodeText } from "./table-text.ts";

const tableExtension = /\.(csv|tsv|jsonl|ndjson)$/i;
const jsonLinesExtension = /\.(jsonl|ndjson)$/i;
const delimiters = [",", ";", "\t", "|"] as const;
/** A first line that spreadsheets write to name the delimiter. */
const delimiterLine = /^sep=(.)\r?\n/i;

/** Whether a file has a table's name. */
export function isTableName(path: string): boolean {
  return tableExtension.test(path);
}

/** The name of a table without its folder and extension. */
export function tableNameOf(path: string): string {
  return path.replace(/^.*[/\\]/, "").replace(tableExtension, "");
}

/** One record of a table and the line that it ends on, counted from 1. */
export interface TableRow {
  readonly line: number;
  readonly values: Readonly<Record<string, unknown>>;
}

/** Returns the trimmed text of a row's cell; "" where there is none. */
export function cellText({ values }: TableRow, column: string): string {
  const value = values[column];
  return typeof value === "string" || typeof value === "number" ? String(value).trim() : "";
}

/** A mistake in a table, named by its file and line. */
export function tableError(path: string, line: number, problem: string): UndertoneError {
  return new UndertoneError("dataset-invalid", `${path}, line ${line}: ${problem}`);
}

/**
 * Reads delimited values with a header, or JSON Lines for a path that ends in `.jsonl` or `.ndjson`. The delimiter is that of
 * the header (comma, semicolon, tab or bar), quotes are as RFC 4180 has them, blank lines are skipped.
 * @param decode turns the bytes into text; by default it refuses legacy code pages
 * @throws UndertoneError `dataset-invalid` naming the line
 */
export function parseTable(path: string, bytes: Uint8Array, decode = decodeText): TableRow[] {
  const text = decode(path, bytes);
  return jsonLinesExtension.test(path) ? parseJsonLines(path, text) : parseCsv(path, text);
}

/**
 * `parseTable` of a file.
 * @throws UndertoneError `dataset-invalid` naming the line; `file-not-found`, `file-unreadable`
 */
export async function readTable(path: string): Promise<TableRow[]> {
  return parseTable(path, await readBytes(path));
}

/** Returns a file's text. @throws UndertoneError `dataset-invalid`, `file-not-found`, `file-unreadable` */
export async function readText(path: string): Promise<string> {
  return decodeText(path, await readBytes(path));
}

/**
 * Returns the columns of a table, as its header or its first object has them.
 * @throws UndertoneError `dataset-invalid`, `file-not-found`, `file-unreadable`
 */
export async function readHeader(path: string): Promise<string[]> {
  const text = decodeAnyText(path, await readBytes(path));
  const [first = ""] = text.replace(delimiterLine, "").trimStart().split(/\r?\n/, 1);
  if (jsonLinesExtension.test(path)) {
    return Object.keys(parseJsonLines(path, first)[0]?.values ?? {});
  }
  return first.split(delimiterOf(text)).map((column) => column.replaceAll('"', "").trim());
}

/** Returns the bytes of a table's file. @throws UndertoneError `file-not-found`, `file-unreadable`, `dataset-invalid` for a huge one */
export async function readBytes(path: string): Promise<Uint8Array> {
  try {
    const { size } = await stat(path);
    if (size > mostTableBytes) {
      const problem = `is a table of ${Math.round(size / 1e6)} MB; at most ${mostTableBytes / 1e6} are read. Split it.`;
      throw new UndertoneError("dataset-invalid", `${path}: ${problem}`);
    }
    return await readFile(path);
  } catch (error) {
    throw error instanceof UndertoneError ? error : fileError(path, error);
  }
}

/** Millions of rows; they are held in memory. */
const mostTableBytes = 256e6;

/** The delimiter that a `sep=` line names, or the one that occurs most often in the header outside of quotes. */
function delimiterOf(text: string): string {
  const named = delimiterLine.exec(text)?.[1];
  if (named !== undefined) return named;
  const [header = ""] = text.trimStart().split(/\r?\n/, 1);
  const unquoted = header.replace(/"[^"]*"/g, "");
  const counts = delimiters.map((delimiter) => unquoted.split(delimiter).length);
  return delimiters[counts.indexOf(Math.max(...counts))]!;
}

function parseCsv(path: string, text: string): TableRow[] {
  try {
    const records: { record: Record<string, string | string[]>; info: { lines: number } }[] = parse(
      text.replace(delimiterLine, "\n"), // the numbers of lines stay
      {
        columns: (header: string[]) => header.map((column) => column.trim()),
        delimiter: delimiterOf(text),
        group_columns_by_name: true, // two columns of one name are an array, which no cell may hold
        info: true,
        skip_empty_lines: true,
        skip_records_with_empty_values: true,
        trim: true,
      },
    );
    return records.map(({ record, info }) => ({ line: info.lines, values: record }));
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const problem = `${error.message.replace(/\.?$/, ".")} Correct the line.`;
    throw new UndertoneError("dataset-invalid", `${path}: ${problem}`, { cause: error });
  }
}

function parseJsonLines(path: string, text: string): TableRow[] {
  const rows: TableRow[] = [];
  for (const [index, source] of text.split(/\r?\n/).entries()) {
    if (source.trim() === "") continue;
    const line = index + 1;
    let values: unknown;
    try {
      values = JSON.parse(source);
    } catch (cause) {
      throw tableError(path, line, `not JSON (${String(cause)}).`);
    }
    if (typeof values !== "object" || values === null || Array.isArray(values)) {
      throw tableError(path, line, "not a JSON object.");
    }
    rows.push({ line, values: { ...values } });
  }
  return rows;
}
