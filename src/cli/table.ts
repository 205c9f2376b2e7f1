import { printable } from "./printable.ts";
import { widthOf, wrap } from "./wrap.ts";

const isNumber = (cell: string): boolean => /^[-+]?[\d.,]+\s?[%s×]?$/.test(cell);

const gap = "  ";
const leastWidth = 20;

/**
 * Lines up rows [row][column] under a header; columns that hold only numbers stand to the right.
 * Where `columns` of a terminal are too few, the widest column is wrapped.
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
  const widths = header.map((_, column) =>
    Math.max(...cells.map((row) => widthOf(row[column] ?? ""))),
  );
  const total = widths.reduce((sum, width) => sum + width, gap.length * (widths.length - 1));
  const widest = Math.max(...widths);
  const wrapped = total > columns ? widths.indexOf(widest) : -1;
  if (wrapped >= 0) {
    const fitting = widest - (total - columns);
    widths[wrapped] = Math.min(widest, Math.max(leastWidth, fitting));
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
