import type { TextTable } from "../reports/comparison-tables.ts";
import { printable } from "./printable.ts";
import { terminalWidth } from "./terminal-width.ts";
import { widthOf, wrap } from "./wrap.ts";

const isNumber = (cell: string): boolean => /^[-+]?[\d.,]+\s?[%s×]?$/.test(cell);

const gap = "  ";
const leastWidth = 20;

/**
 * Lines up rows [row][column] under a header; columns that hold only numbers stand to the right.
 * Where `columns` of a terminal are too few, the widest column is wrapped between words.
 */
export function formatTable(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  columns = process.stdout.columns ?? Infinity,
): string {
  const cells = [header, ...rows].map((row) => row.map(printable));
  const right = header.map(
    (_, column) => rows.length > 0 && rows.every((row) => isNumber(row[column] ?? "")),
  );
  const widths = widthsOf(cells);
  const total = totalOf(widths);
  const widest = Math.max(...widths);
  const wrapped = total > columns ? widths.indexOf(widest) : -1;
  if (wrapped >= 0) {
    const fitting = widest - (total - columns);
    const words = cells.flatMap((row) => (row[wrapped] ?? "").split(/\s+/));
    widths[wrapped] = Math.min(widest, Math.max(leastWidth, fitting, ...words.map(widthOf)));
  }
  return cells
    .flatMap((row) => {
      if (wrapped < 0) return [row];
      const lines = wrap(row[wrapped] ?? "", widths[wrapped]!);
      return lines.map((line, n) =>
        header.map((_, column) => (column === wrapped ? line : n === 0 ? (row[column] ?? "") : "")),
      );
    })
    .map((row) =>
      widths
        .map((width, column) => {
          const cell = row[column] ?? "";
          const padding = " ".repeat(Math.max(0, width - widthOf(cell)));
          return right[column] ? padding + cell : cell + padding;
        })
        .join(gap)
        .trimEnd(),
    )
    .join("\n");
}

/** Prints a table in the columns of the terminal. */
export function printTable(table: TextTable): void {
  const columns = terminalWidth();
  const { header, rows } = fitTable(table, columns);
  console.log(formatTable(header, rows, columns));
}

/** Leaves out columns without content, then optional ones until the table fits into `columns` of a terminal. */
export function fitTable(table: TextTable, columns: number): TextTable {
  const { header, rows, optional = [] } = table;
  const isEmpty = (column: number): boolean => rows.every((row) => (row[column] ?? "") === "");
  const empty = header.filter((_, column) => rows.length > 0 && isEmpty(column));
  return optional.reduce(
    (fitting, title) =>
      totalOf(widthsOf([fitting.header, ...fitting.rows])) > columns
        ? withoutColumns(fitting, [title])
        : fitting,
    withoutColumns(table, empty),
  );
}

function withoutColumns({ header, rows }: TextTable, titles: readonly string[]): TextTable {
  const kept = (row: readonly string[]): string[] =>
    row.filter((_, column) => !titles.includes(header[column]!));
  return { header: kept(header), rows: rows.map(kept) };
}

function widthsOf([header = [], ...rows]: readonly (readonly string[])[]): number[] {
  return header.map((title, column) =>
    Math.max(widthOf(title), ...rows.map((row) => widthOf(row[column] ?? ""))),
  );
}

const totalOf = (widths: readonly number[]): number =>
  widths.reduce((sum, width) => sum + width, gap.length * (widths.length - 1));
