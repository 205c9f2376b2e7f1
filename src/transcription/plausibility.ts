import type { Transcript } from "./transcript.ts";

/** Below it, recognizers put words to laughter, noise and music. */
const leastConfidence = 0.35;
/** Nobody speaks faster, in characters a second, and a recognizer in a loop does; a short cry has some leeway. */
const mostCharactersPerSec = 40;
const leewayCharacters = 20;
const mostRepeats = 4;

/** Sound events as recognizers write them: `[Music]`, `(applause)`, `♪`. */
const annotations = /\[[^\]]*\]|\([^)]*\)|\*[^*]*\*|[♪♫]/g;

/**
 * Whether words can be what was said in `durationSec` of speech, and not what a recognizer makes of noise:
 * there are any, the recognizer believes them, they fit the time, and they are not one phrase again and again.
 */
export function isPlausible({ text, confidence }: Transcript, durationSec: number): boolean {
  const words =
    text
      .replaceAll(annotations, " ")
      .toLowerCase()
      .match(/[\p{L}\p{N}']+/gu) ?? [];
  const most = leewayCharacters + durationSec * mostCharactersPerSec;
  return (
    words.length > 0 &&
    confidence >= leastConfidence &&
    text.length <= most &&
    !isLoop(words, durationSec)
  );
}

/** One phrase said more than four times without another word, faster than it could be said. */
function isLoop(words: readonly string[], durationSec: number): boolean {
  if (words.length / durationSec < 4) return false;
  for (let phrase = 1; phrase <= words.length / (mostRepeats + 1); phrase++) {
    if (words.every((word, n) => word === words[n % phrase])) return true;
  }
  return false;
}
