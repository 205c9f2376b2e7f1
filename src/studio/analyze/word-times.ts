import type { Segment } from "../../web/index.ts";
import { wordsOf } from "../explain/explain-words.ts";

/** A word of a segment, with the time at which it is probably said. */
export interface TimedWord {
  readonly text: string;
  readonly startSec: number;
  readonly endSec: number;
}

/** What a pause between words counts, in letters. */
const pauseLetters = 1.5;

/** Returns the words of a segment, each with its share of the time by its letters: transcribers here give no times. */
export function wordTimes({
  text,
  startSec,
  endSec,
}: Pick<Segment, "text" | "startSec" | "endSec">): TimedWord[] {
  const words = wordsOf(text);
  const lengths = words.map((word) => word.length + pauseLetters);
  const total = lengths.reduce((sum, length) => sum + length, 0);
  let before = 0;
  return words.map((word, n) => {
    const from = startSec + (before / total) * (endSec - startSec);
    before += lengths[n]!;
    return {
      text: word,
      startSec: from,
      endSec: startSec + (before / total) * (endSec - startSec),
    };
  });
}
