import { statedOf } from "./abstention.ts";
import type { Analysis, Segment } from "./analysis.ts";
import { withPauses } from "./merge-segments.ts";

/** A text that stands at a time. */
export interface TimedText {
  readonly startSec: number;
  readonly endSec: number;
  readonly text: string;
}

/** Texts of one kind, as annotation programs show them: in a row of its own. */
export interface Tier {
  readonly name: string;
  readonly intervals: readonly TimedText[];
}

/** What stands in each tier, in the order of Praat's window. */
const kinds: Readonly<Record<string, (segment: Segment) => string>> = {
  emotion: (segment) => statedOf(segment) ?? "",
  voice: ({ voice }) => voice?.emotion ?? "",
  words: ({ words }) => words?.emotion ?? "",
  text: ({ text }) => text,
};

/** Returns the tiers `emotion`, `voice`, `words` and `text` of a recording, or those of each of its speakers, without gaps. */
export function analysisTiers({ speakers, segments, durationSec }: Analysis): Tier[] {
  if (speakers.length === 0) return tiersOf("", segments);
  return speakers.flatMap(({ speaker }) => {
    const own = segments.filter((segment) => segment.speaker === speaker);
    return tiersOf(`${speaker} `, withPauses(own, durationSec));
  });
}

function tiersOf(prefix: string, segments: readonly Segment[]): Tier[] {
  return Object.entries(kinds).map(([kind, textOf]) => ({
    name: prefix + kind,
    intervals: segments.map((segment) => {
      const { startSec, endSec } = segment;
      return { startSec, endSec, text: textOf(segment) };
    }),
  }));
}
