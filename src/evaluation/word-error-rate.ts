/** How a transcript differs from what was said, in words. */
export interface WordErrors {
  readonly substitutions: number;
  readonly deletions: number;
  readonly insertions: number;
  /** Words that were said. */
  readonly spoken: number;
}

/** The fewest edits that turn `spoken` words into the `heard` ones (Levenshtein); of several ways, the one with the most substitutions. */
export function countWordErrors(spoken: readonly string[], heard: readonly string[]): WordErrors {
  // One row of the table at a time: cheapest edits of spoken[0..i) into heard[0..j).
  let row = heard.map((_, j) => edits(0, 0, j + 1));
  row.unshift(edits(0, 0, 0));
  for (const [i, word] of spoken.entries()) {
    const next = [edits(0, i + 1, 0)];
    for (const [j, other] of heard.entries()) {
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
      next.push(options.reduce((best, option) => (cost(option) < cost(best) ? option : best)));
    }
    row = next;
  }
  return { ...row.at(-1)!, spoken: spoken.length };
}

type Edits = Omit<WordErrors, "spoken">;

const edits = (substitutions: number, deletions: number, insertions: number): Edits => ({
  substitutions,
  deletions,
  insertions,
});
const cost = (counted: Edits): number =>
  counted.substitutions + counted.deletions + counted.insertions;

/** All errors over all words said; above 1 when more was heard than said, `NaN` when nothing was said. */
export function wordErrorRate(counted: readonly WordErrors[]): number {
  const wrong = counted.reduce((sum, each) => sum + cost(each), 0);
  return wrong / counted.reduce((sum, { spoken }) => sum + spoken, 0);
}
