import { withoutControls } from "../shared/controls.ts";
import type { TimedText } from "./tiers.ts";

/**
 * Returns times with a text as a label track of Audacity: a line each, of start and end in seconds and text, with tabs between.
 * @see https://manual.audacityteam.org/man/importing_and_exporting_labels.html
 */
export function toAudacityLabels(intervals: readonly TimedText[]): string {
  return intervals
    .filter(({ text }) => text !== "")
    .map(({ startSec, endSec, text }) => {
      const line = withoutControls(text).replaceAll(/\s+/g, " ").trim();
      return `${startSec.toFixed(6)}\t${endSec.toFixed(6)}\t${line}\n`;
    })
    .join("");
}
