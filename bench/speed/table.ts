/** Returns a Markdown table with padded columns, as oxfmt formats it. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = header.map((_, column) =>
    Math.max(3, ...[header, ...rows].map((row) => row[column]!.length)),
  );
  return [header, widths.map((width) => "-".repeat(width)), ...rows]
    .map((row) => `| ${row.map((cell, column) => cell.padEnd(widths[column]!)).join(" | ")} |`)
    .join("\n");
}

/** Formats a rate. */
export const number = (value: number): string => value.toFixed(value < 100 ? 1 : 0);

/** Formats peak memory. */
export const memory = ({ peakMemoryMb }: { readonly peakMemoryMb: number }): string =>
  `${peakMemoryMb} MB`;
