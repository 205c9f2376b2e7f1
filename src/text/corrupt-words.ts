import type { Random } from "../shared/random.ts";

/** Of a hundred errors 60 replace a word, 20 drop one and 20 put one in. */
const substitutionShare = 0.6;
const deletionShare = 0.2;

export interface CorruptWordsOptions {
  /** Errors per spoken word, 0 to 1. */
  readonly wordErrorRate: number;
  /** Where wrong words come from, most frequent first: the one of rank r with weight 1/r (Zipf). */
  readonly vocabulary: readonly string[];
  readonly random: Random;
}

/**
 * Returns words with simulated transcription errors: each is hit with the probability `wordErrorRate`, then
 * replaced by another, deleted, or followed by an insertion. Real errors sound like the spoken word, these do not.
 */
export function corruptWords(words: readonly string[], options: CorruptWordsOptions): string[] {
  const { wordErrorRate, vocabulary, random } = options;
  if (!(wordErrorRate >= 0 && wordErrorRate <= 1)) {
    throw new RangeError(`corruptWords: wordErrorRate must lie in 0..1, got ${wordErrorRate}`);
  }
  if (vocabulary.length < 2) {
    throw new RangeError("corruptWords: the vocabulary needs at least two words");
  }
  return words.flatMap((word) => {
    if (random.uniform() >= wordErrorRate) return [word];
    const kind = random.uniform();
    if (kind < substitutionShare) return [drawWord(options, word)];
    if (kind < substitutionShare + deletionShare) return [];
    return [word, drawWord(options)];
  });
}

function drawWord({ vocabulary, random }: CorruptWordsOptions, other?: string): string {
  for (;;) {
    const rank = Math.floor((vocabulary.length + 1) ** random.uniform());
    const word = vocabulary[rank - 1]!;
    if (word !== other) return word;
  }
}
