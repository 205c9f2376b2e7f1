import { printable } from "./printable.ts";

const widthOf = (text: string): number => Array.from(text).length;

const isNumber = (cell: string): boolean => /^[-+]?[\d.,]+\s?[%s×]?$/.test(cell);

/**
 * Lines up rows [row][column] under a header for a terminal of any width; columns that hold
 * only numbers stand to the right.
 */
export function formatTable(
  header: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  const lines = [header, ...rows].map((row) => row.map(printable));
  const columns = header.map((_, column) => ({
    width: Math.max(...lines.map((row) => widthOf(row[column] ?? ""))),
    right: rows.length > 0 && rows.every((row) => isNumber(row[column] ?? "")),
  }));
  return lines
    .map((row) =>
      columns
        .map(({ width, right }, column) => {
          const cell = row[column] ?? "";
          const padding = " ".repeat(width - widthOf(cell));
          return right ? padding + cell : cell + padding;
        })
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}
