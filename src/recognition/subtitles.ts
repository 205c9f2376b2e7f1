import { toCues, type Cue } from "../transcription/subtitles.ts";
import { statedOf } from "./abstention.ts";
import type { Analysis, Segment } from "./analysis.ts";

/** `[happy]`, where the channels disagree `[voice angry, words happy]`, and `[unsure]` below the least confidence. */
function label(segment: Segment): string {
  const { voice, words, disagree, abstained } = segment;
  return disagree && abstained === null
    ? `[voice ${voice?.emotion}, words ${words?.emotion}]`
    : `[${statedOf(segment)}]`;
}

/**
 * Returns subtitles of an analysis for `toSrt` and `toVtt`: what was said where someone speaks, each utterance with its
 * emotion before it, and with its speaker where speakers are told apart.
 * @example
 * ```ts
 * import { loadRecognizer, subtitlesOf, toSrt } from "undertone";
 *
 * await using recognizer = await loadRecognizer({ model: "small" });
 * const srt = toSrt(subtitlesOf(await recognizer.analyze("speech.wav")));
 * ```
 */
export function subtitlesOf({ segments }: Analysis): Cue[] {
  return segments
    .filter(({ emotion }) => emotion !== null)
    .flatMap((segment) => {
      const { startSec, endSec, text, speaker } = segment;
      const labeled = `${label(segment)} ${text}`.trimEnd();
      const cues = toCues([{ startSec, endSec, text: labeled, confidence: 1 }]);
      return speaker === null ? cues : cues.map((cue) => ({ ...cue, speaker }));
    })
    .toSorted((a, b) => a.startSec - b.startSec);
}
