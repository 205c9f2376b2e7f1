import { readFile } from "node:fs/promises";
import { CsvError, parse } from "csv-parse/sync";
import { UndertoneError } from "../shared/errors.ts";
import { fileError } from "../shared/files.node.ts";

const jsonLinesName = /\.(jsonl|ndjson)$/i;

/** One record of a table and the line that it ends on, counted from 1. */
export interface TableRow {
  readonly line: number;
  readonly values: Readonly<Record<string, unknown>>;
}

/** A mistake in a table, named by its file and line. */
export function tableError(path: string, line: number, problem: string): UndertoneError {
  return new UndertoneError("dataset-invalid", `${path}, line ${line}: ${problem}`);
}

/**
 * Reads comma-separated values with a header, or JSON Lines for a path that ends in `.jsonl` or
 * `.ndjson`: UTF-8 with or without a byte order mark, any line ends, quotes as RFC 4180 has them.
 * @throws UndertoneError `dataset-invalid` naming the line
 */
export function parseTable(path: string, bytes: Uint8Array): TableRow[] {
  const text = decodeUtf8(path, bytes);
  return jsonLinesName.test(path) ? parseJsonLines(path, text) : parseCsv(path, text);
}

/**
 * `parseTable` of a file.
 * @throws UndertoneError `dataset-invalid` naming the line; `file-not-found`, `file-unreadable`
 */
export async function readTable(path: string): Promise<TableRow[]> {
  return parseTable(path, await readBytes(path));
}

/** A UTF-8 file's text. @throws UndertoneError `dataset-invalid`, `file-not-found`, `file-unreadable` */
export async function readUtf8(path: string): Promise<string> {
  return decodeUtf8(path, await readBytes(path));
}

/**
 * The columns of a table, as its header or its first object has them.
 * @throws UndertoneError `dataset-invalid`, `file-not-found`, `file-unreadable`
 */
export async function readColumns(path: string): Promise<string[]> {
  const [first = ""] = (await readUtf8(path)).trimStart().split(/\r?\n/, 1);
  if (jsonLinesName.test(path)) return Object.keys(parseJsonLines(path, first)[0]?.values ?? {});
  return first.split(",").map((column) => column.replaceAll('"', "").trim());
}

async function readBytes(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (error) {
    throw fileError(path, error);
  }
}

function decodeUtf8(path: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new UndertoneError("dataset-invalid", `${path}: not UTF-8 text. Save it as UTF-8.`, {
      cause,
    });
  }
}

function parseCsv(path: string, text: string): TableRow[] {
  try {
    const records: { record: Record<string, string>; info: { lines: number } }[] = parse(text, {
      columns: (header: string[]) => header.map((column) => column.trim()),
      info: true,
      skip_empty_lines: true,
      trim: true,
    });
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
