import { TableColumns } from "../../datasets/table-columns.ts";
import { readHeader, readTable, tableError, type TableRow } from "../../datasets/table.ts";
import { addTo } from "../../shared/group.ts";

/** A table with facts of recordings. */
export interface Metadata {
  /** Its columns but the one with the file. */
  readonly names: readonly string[];
  /** Returns the cells of a file's row; `undefined` for a file without one. */
  match(file: string): string[] | undefined;
  /** Returns how many rows belong to none of the files. */
  unused(files: readonly string[]): number;
  /** Rows that repeat the file of an earlier one, which counts. */
  readonly repeated: number;
}

const withoutExtension = (name: string): string => name.replace(/\.[^./]*$/, "");

/** Returns a path as tables are searched: slashes, no drive or root or "./". */
const normalized = (path: string): string =>
  path
    .replaceAll("\\", "/")
    .replace(/^([a-z]:|\.)?\/+/i, "")
    .normalize();

/**
 * Reads a table that names recordings in a column such as `file`: by path, by name, or by name without extension. The row
 * whose path agrees with most folders of a file is its own.
 * @throws UndertoneError `dataset-invalid`, also where two columns have one name; `file-not-found`, `file-unreadable`
 */
export async function readMetadata(path: string): Promise<Metadata> {
  const rows = await readTable(path);
  const [first] = rows;
  const header = first ? Object.keys(first.values) : await readHeader(path);
  const columns = new TableColumns(path, header);
  columns.require("path");
  const own = columns.nameOf("path");
  const names = [...new Set(header)].filter((column) => column !== own && column !== "");
  const byPath = new Map<string, number>();
  const cells = rows.map((row) => names.map((name) => textOf(path, row, name)));
  let repeated = 0;
  for (const [index, row] of rows.entries()) {
    const spelled = normalized(columns.cell(row, "path"));
    if (byPath.has(spelled)) repeated++;
    else if (spelled !== "") byPath.set(spelled, index);
  }
  const byName = uniqueNames(byPath);
  const rowOf = (file: string): number | undefined => {
    const parts = normalized(file).split("/");
    const tails = parts.map((_, from) => parts.slice(from).join("/"));
    const all = [...tails, ...tails.map(withoutExtension)];
    const spelled = all.find((tail) => byPath.has(tail));
    if (spelled !== undefined) return byPath.get(spelled);
    const name = parts.at(-1)!;
    return byName.get(name) ?? byName.get(withoutExtension(name));
  };
  return {
    names,
    repeated,
    match: (file) => {
      const row = rowOf(file);
      return row === undefined ? undefined : cells[row];
    },
    unused: (files) => {
      const used = new Set(files.map(rowOf));
      return rows.length - repeated - [...used].filter((row) => row !== undefined).length;
    },
  };
}

/** @throws UndertoneError `dataset-invalid` for a list, as two columns of one name give, and for an object */
function textOf(path: string, row: TableRow, column: string): string {
  const value = row.values[column] ?? "";
  if (typeof value === "string") return value.trim();
  if (typeof value !== "object") return JSON.stringify(value);
  const problem = Array.isArray(value)
    ? "has several values in a row: two columns have this name, or it holds a list"
    : "holds objects";
  throw tableError(path, row.line, `column "${column}" ${problem}. Give each value a column.`);
}

/** Returns rows by the last part of their path, where only one has it. */
function uniqueNames(byPath: ReadonlyMap<string, number>): Map<string, number> {
  const found = new Map<string, number[]>();
  for (const [spelled, row] of byPath) {
    const name = spelled.split("/").at(-1)!;
    for (const each of new Set([name, withoutExtension(name)])) {
      addTo(found, each, row);
    }
  }
  return new Map(
    [...found].flatMap(([name, rows]) => (rows.length === 1 ? [[name, rows[0]!] as const] : [])),
  );
}
