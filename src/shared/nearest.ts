const plain = (text: string): string => text.toLowerCase().replaceAll(/[^a-z0-9]/g, "");

/**
 * Returns the candidate that a misspelt or foreign name means, if one is near enough.
 * @param synonyms other names of a candidate
 */
export function nearest(
  name: string,
  candidates: readonly string[],
  synonyms: Readonly<Record<string, readonly string[]>> = {},
): string | undefined {
  const wanted = plain(name);
  const known = candidates.find((candidate) =>
    [candidate, ...(synonyms[candidate] ?? [])].some((alias) => plain(alias) === wanted),
  );
  if (known !== undefined) return known;
  const distances = candidates.map((candidate) => editDistance(wanted, plain(candidate)));
  const least = Math.min(...distances);
  return least <= Math.max(1, wanted.length / 3) ? candidates[distances.indexOf(least)] : undefined;
}

/** Edits (insert, delete, replace, swap two neighbors) between two words: optimal string alignment. */
function editDistance(from: string, to: string): number {
  const rows = [Array.from({ length: to.length + 1 }, (_, column) => column)];
  for (let row = 1; row <= from.length; row++) {
    const above = rows[row - 1]!;
    const current = [row];
    for (let column = 1; column <= to.length; column++) {
      const replaced = above[column - 1]! + (from[row - 1] === to[column - 1] ? 0 : 1);
      const isSwap = from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      const swapped = isSwap ? rows[row - 2]![column - 2]! + 1 : replaced;
      current.push(Math.min(replaced, swapped, above[column]! + 1, current[column - 1]! + 1));
    }
    rows.push(current);
  }
  return rows.at(-1)![to.length]!;
}
