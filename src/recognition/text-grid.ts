import { withoutControls } from "../shared/controls.ts";
import type { Analysis } from "./analysis.ts";
import { analysisTiers, type Tier } from "./tiers.ts";

/** A text in Praat's quotes, in which a quote stands twice. */
const quoted = (text: string): string =>
  `"${withoutControls(text).replaceAll(/\s+/g, " ").replaceAll('"', '""')}"`;

function written({ name, intervals }: Tier, index: number, durationSec: number): string {
  const rows = intervals.map(
    ({ startSec, endSec, text }, i) =>
      `        intervals [${i + 1}]:\n` +
      `            xmin = ${startSec} \n` +
      `            xmax = ${endSec} \n` +
      `            text = ${quoted(text)} \n`,
  );
  return (
    `    item [${index}]:\n` +
    `        class = "IntervalTier" \n` +
    `        name = ${quoted(name)} \n` +
    `        xmin = 0 \n` +
    `        xmax = ${durationSec} \n` +
    `        intervals: size = ${intervals.length} \n` +
    rows.join("")
  );
}

/**
 * Returns a TextGrid with the interval tiers `emotion`, `voice`, `words` and `text`, each from 0 to the
 * recording's end, of each speaker where they are told apart, as Praat's "Save as text file" writes it.
 * @see https://www.fon.hum.uva.nl/praat/manual/TextGrid_file_formats.html
 * @example
 * ```ts
 * import { writeFile } from "node:fs/promises";
 * import { loadRecognizer, toTextGrid } from "undertone";
 *
 * await using recognizer = await loadRecognizer({ model: "small" });
 * await writeFile("speech.TextGrid", toTextGrid(await recognizer.analyze("speech.wav")));
 * ```
 */
export function toTextGrid(analysis: Analysis): string {
  return textGridOf(analysisTiers(analysis), analysis.durationSec);
}

/** Returns tiers as a TextGrid; Praat reads only those whose intervals cover the recording without gaps. */
export function textGridOf(tiers: readonly Tier[], durationSec: number): string {
  return (
    `File type = "ooTextFile"\n` +
    `Object class = "TextGrid"\n` +
    `\n` +
    `xmin = 0 \n` +
    `xmax = ${durationSec} \n` +
    `tiers? <exists> \n` +
    `size = ${tiers.length} \n` +
    `item []: \n` +
    tiers.map((tier, i) => written(tier, i + 1, durationSec)).join("")
  );
}
