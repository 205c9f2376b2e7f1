/** Text that cannot leave its place in Markdown. */
export const cell = (text: string): string =>
  text.replaceAll(/[\\`*_[\]<>|#]/g, (character) => `\\${character}`).replaceAll(/\s+/g, " ");

/** A table with columns of one width, as the formatter of this repository leaves it alone. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = header.map((_, column) =>
    Math.max(3, ...[header, ...rows].map((row) => Array.from(row[column]!).length)),
  );
  const rule = widths.map((width) => "-".repeat(width));
  return [header, rule, ...rows].map((row) => tableLine(row, widths)).join("\n");
}

function tableLine(row: readonly string[], widths: readonly number[]): string {
  const cells = row.map((text, column) => {
    return text + " ".repeat(widths[column]! - Array.from(text).length);
  });
  return `| ${cells.join(" | ")} |`;
}
