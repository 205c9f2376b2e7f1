import { withoutControls } from "./controls.ts";

/** Returns a row of RFC 4180 with its line end; cells are quoted where they must be. */
export function csvRow(cells: readonly (string | number)[]): string {
  const quoted = cells.map((cell) => {
    const text = withoutControls(String(cell));
    return /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  });
  return `${quoted.join(",")}\n`;
}
