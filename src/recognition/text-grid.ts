import { statedOf } from "./abstention.ts";
import type { Analysis, Segment } from "./analysis.ts";
import { withPauses } from "./merge-segments.ts";

/** What stands in each tier, in the order of Praat's window. */
const tiers: Readonly<Record<string, (segment: Segment) => string>> = {
  emotion: (segment) => statedOf(segment) ?? "",
  voice: ({ voice }) => voice?.emotion ?? "",
  words: ({ words }) => words?.emotion ?? "",
  text: ({ text }) => text,
};

/** A text in Praat's quotes, in which a quote stands twice. */
const quoted = (text: string): string => `"${text.replaceAll(/\s+/g, " ").replaceAll('"', '""')}"`;

interface Tier {
  readonly name: string;
  readonly labelOf: (segment: Segment) => string;
  readonly segments: readonly Segment[];
}

/** The tiers of a recording, or those of each of its speakers. */
function tiersOf({ speakers, segments, durationSec }: Analysis): Tier[] {
  const kinds = Object.entries(tiers);
  if (speakers.length === 0) {
    return kinds.map(([name, labelOf]) => ({ name, labelOf, segments }));
  }
  return speakers.flatMap(({ speaker }) => {
    const own = segments.filter((segment) => segment.speaker === speaker);
    const all = withPauses(own, durationSec);
    return kinds.map(([kind, labelOf]) => ({ name: `${speaker} ${kind}`, labelOf, segments: all }));
  });
}

function written({ name, labelOf, segments }: Tier, index: number, durationSec: number): string {
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
  const { durationSec } = analysis;
  const all = tiersOf(analysis);
  return (
    `File type = "ooTextFile"\n` +
    `Object class = "TextGrid"\n` +
    `\n` +
    `xmin = 0 \n` +
    `xmax = ${durationSec} \n` +
    `tiers? <exists> \n` +
    `size = ${all.length} \n` +
    `item []: \n` +
    all.map((tier, i) => written(tier, i + 1, durationSec)).join("")
  );
}
