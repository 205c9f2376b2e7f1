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

/** `" Did you mean …?"` with the nearest of the names, or an empty string when none is near. */
export function suggestion(word: string, names: readonly string[]): string {
  const [best] = names
    .map((name) => ({ name, distance: editDistance(word, name) }))
    .toSorted((a, b) => a.distance - b.distance);
  const near = best !== undefined && best.distance <= Math.max(1, Math.floor(word.length / 3));
  return near ? ` Did you mean ${best.name}?` : "";
}
