/**
 * Returns a text with its control characters, but for tabs and line ends, replaced: shown in a terminal they would move the
 * cursor or change it.
 */
export function withoutControls(text: string): string {
  // oxlint-disable-next-line no-control-regex -- it is these that are looked for
  return text.replaceAll(/[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F-\u009F]/g, "\u{FFFD}");
}
