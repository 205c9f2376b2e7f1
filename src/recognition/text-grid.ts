import { statedOf } from "./abstention.ts";
import type { Analysis, Segment } from "./analysis.ts";

/** What stands in each tier, in the order of Praat's window. */
const tiers: Readonly<Record<string, (segment: Segment) => string>> = {
  emotion: (segment) => statedOf(segment) ?? "",
  voice: ({ voice }) => voice?.emotion ?? "",
  words: ({ words }) => words?.emotion ?? "",
  text: ({ text }) => text,
};

/** A text in Praat's quotes, in which a quote stands twice. */
const quoted = (text: string): string => `"${text.replaceAll(/\s+/g, " ").replaceAll('"', '""')}"`;

function tier(index: number, name: string, { durationSec, segments }: Analysis): string {
  const labelOf = tiers[name]!;
  const intervals = segments.map(
    (segment, i) =>
      `        intervals [${i + 1}]:\n` +
      `            xmin = ${segment.startSec} \n` +
      `            xmax = ${segment.endSec} \n` +
      `            text = ${quoted(labelOf(segment))} \n`,
  );
  return (
    `    item [${index}]:\n` +
    `        class = "IntervalTier" \n` +
    `        name = ${quoted(name)} \n` +
    `        xmin = 0 \n` +
    `        xmax = ${durationSec} \n` +
    `        intervals: size = ${segments.length} \n` +
    intervals.join("")
  );
}

/**
 * Returns a TextGrid with the interval tiers `emotion`, `voice`, `words` and `text`, each from 0 to the
 * recording's end, as Praat's "Save as text file" writes it.
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
  const names = Object.keys(tiers);
  return (
    `File type = "ooTextFile"\n` +
    `Object class = "TextGrid"\n` +
    `\n` +
    `xmin = 0 \n` +
    `xmax = ${analysis.durationSec} \n` +
    `tiers? <exists> \n` +
    `size = ${names.length} \n` +
    `item []: \n` +
    names.map((name, i) => tier(i + 1, name, analysis)).join("")
  );
}
