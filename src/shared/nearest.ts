/**
 * Returns the candidate that a misspelt or foreign name means, if one is near enough.
 * @param synonyms other names of a candidate
 */
export function nearest(
  name: string,
  candidates: readonly string[],
  synonyms: Readonly<Record<string, readonly string[]>> = {},
): string | undefined {
  const plain = (text: string): string => text.toLowerCase().replaceAll(/[^a-z0-9]/g, "");
  const wanted = plain(name);
  const known = candidates.find((candidate) =>
    [candidate, ...(synonyms[candidate] ?? [])].some((alias) => plain(alias) === wanted),
  );
  if (known !== undefined) return known;
  const distances = candidates.map((candidate) => editDistance(wanted, plain(candidate)));
  const least = Math.min(...distances);
  return least <= Math.max(1, wanted.length / 3) ? candidates[distances.indexOf(least)] : undefined;
}

/** The Levenshtein distance: how many letters to insert, delete or replace. */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (const [i, letter] of [...from].entries()) {
    const next = [i + 1];
    for (const [j, other] of [...to].entries()) {
      next.push(Math.min(row[j]! + Number(letter !== other), row[j + 1]! + 1, next[j]! + 1));
    }
    row = next;
  }
  return row.at(-1)!;
}
