/** Returns the columns of the terminal, or of `COLUMNS`, or 80. */
export function terminalWidth(): number {
  return process.stdout.columns ?? (Number(process.env["COLUMNS"]) || 80);
}
