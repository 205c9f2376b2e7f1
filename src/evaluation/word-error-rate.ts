import { spokenWords } from "./spoken-words.ts";

/** The edits that turn a reference into a hypothesis, in words. */
export interface WordErrors {
  readonly substitutions: number;
  readonly deletions: number;
  readonly insertions: number;
  /** Words of the reference. */
  readonly referenceWords: number;
}

/**
 * Returns the word error rate over all utterances: substitutions, deletions and insertions over the words of the references. Both
 * are normalized first, as `spokenWords` has it. Above 1 when the insertions are many, `NaN` without reference words.
 * @throws RangeError when the arrays differ in length
 * @see jiwer `wer`
 * @example
 * ```ts
 * import { wordErrorRate } from "undertone/metrics";
 *
 * const score = wordErrorRate(["kids are talking"], ["Kids were talking!"]); // → 0.333333
 * ```
 */
export function wordErrorRate(
  references: readonly string[],
  hypotheses: readonly string[],
): number {
  if (references.length !== hypotheses.length) {
    throw new RangeError(
      `wordErrorRate: references and hypotheses must be of one length, got ${references.length} and ${hypotheses.length}`,
    );
  }
  return pooledWordErrorRate(
    references.map((reference, index) =>
      countWordErrors(spokenWords(reference), spokenWords(hypotheses[index]!)),
    ),
  );
}

/** Returns all errors over all reference words; `NaN` without reference words. */
export function pooledWordErrorRate(counted: readonly WordErrors[]): number {
  const errors = counted.reduce((sum, each) => sum + editsIn(each), 0);
  return errors / counted.reduce((sum, { referenceWords }) => sum + referenceWords, 0);
}

/** Returns the fewest edits between two lists of words (Levenshtein); of several ways, the one with the most substitutions. */
export function countWordErrors(
  reference: readonly string[],
  hypothesis: readonly string[],
): WordErrors {
  // One row of the table at a time: fewest edits of reference[0..i) into hypothesis[0..j).
  let row = hypothesis.map((_, j) => edits(0, 0, j + 1));
  row.unshift(edits(0, 0, 0));
  for (const [i, word] of reference.entries()) {
    const next = [edits(0, i + 1, 0)];
    for (const [j, other] of hypothesis.entries()) {
      const diagonal = row[j]!;
      if (word === other) {
        next.push(diagonal);
        continue;
      }
      const options = [
        edits(diagonal.substitutions + 1, diagonal.deletions, diagonal.insertions),
        edits(row[j + 1]!.substitutions, row[j + 1]!.deletions + 1, row[j + 1]!.insertions),
        edits(next[j]!.substitutions, next[j]!.deletions, next[j]!.insertions + 1),
      ];
      next.push(
        options.reduce((best, option) => (editsIn(option) < editsIn(best) ? option : best)),
      );
    }
    row = next;
  }
  return { ...row.at(-1)!, referenceWords: reference.length };
}

type Edits = Omit<WordErrors, "referenceWords">;

const edits = (substitutions: number, deletions: number, insertions: number): Edits => ({
  substitutions,
  deletions,
  insertions,
});
const editsIn = (counted: Edits): number =>
  counted.substitutions + counted.deletions + counted.insertions;
