import { toCues, type Cue } from "../speech/subtitles.ts";
import type { Analysis, Segment } from "./analysis.ts";

/** `[happy]`, or where the channels disagree `[voice angry, words happy]`. */
function label({ emotion, voice, words, disagree }: Segment): string {
  return disagree ? `[voice ${voice?.emotion}, words ${words?.emotion}]` : `[${emotion}]`;
}

/**
 * Subtitles of an analysis for `toSrt` and `toVtt`: what was said where someone speaks, each utterance
 * with its emotion before it.
 */
export function subtitlesOf({ segments }: Analysis): Cue[] {
  return segments
    .filter(({ emotion }) => emotion !== null)
    .flatMap((segment) => {
      const { startSec, endSec, text } = segment;
      const labelled = `${label(segment)} ${text}`.trimEnd();
      return toCues([{ startSec, endSec, text: labelled, confidence: 1 }]);
    });
}
