import { nearest } from "../shared/nearest.ts";

/** Returns `" Did you mean …?"` with the nearest of the names, or an empty string when none is near. */
export function suggestion(word: string, names: readonly string[]): string {
  const name = nearest(word, names);
  return name === undefined ? "" : ` Did you mean ${name}?`;
}
