import { withoutControls } from "./controls.ts";

export type Cell = string | number | boolean | null;

/** Spreadsheets compute what begins like this, and a transcript or a file's name may be anyone's. */
const formula = /^[=+\-@\t\r]/;

function toCell(value: Cell, separator: string): string {
  if (typeof value !== "string") return String(value ?? "");
  const printed = withoutControls(value);
  const harmless = formula.test(printed) ? `'${printed}` : printed;
  const isQuoted = /["\r\n]/.test(harmless) || harmless.includes(separator);
  return isQuoted ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}

/** Returns a line of a table for spreadsheets, in which no text is a formula. */
export function toRow(cells: readonly Cell[], separator = ","): string {
  return `${cells.map((cell) => toCell(cell, separator)).join(separator)}\n`;
}
