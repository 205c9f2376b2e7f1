import type { Utterance } from "./transcript.ts";

/**
 * A language that the transcriber does not know, and so cannot name: words that it made of it are not believed.
 * @see ISO 639-3, "und"
 */
export const undetermined = "und";

const secOf = (utterances: readonly Utterance[]): number =>
  utterances.reduce((sum, { startSec, endSec }) => sum + endSec - startSec, 0);

/** Returns the language of most speech; `null` where it is not known. */
export function mainLanguage(utterances: readonly Utterance[]): string | null {
  const seconds = new Map<string | null, number>();
  for (const { startSec, endSec, language = null } of utterances) {
    seconds.set(language, (seconds.get(language) ?? 0) + endSec - startSec);
  }
  const [most] = [...seconds].toSorted(([, a], [, b]) => b - a);
  return most?.[0] ?? null;
}

/** Returns a warning where speech has no words, since the transcriber does not know its language. */
export function untoldWarnings(utterances: readonly Utterance[]): string[] {
  const untold = utterances.filter(({ language }) => language === undetermined);
  if (untold.length === 0) return [];
  const percent = Math.max(1, Math.round((100 * secOf(untold)) / secOf(utterances)));
  return [
    `${percent} % of the speech is not English, or not clear enough, and has no words: the transcriber knows English ` +
      "only. Another one, such as whisper-base, knows more; with the language en all words count.",
  ];
}
