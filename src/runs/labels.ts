import { emotions } from "../shared/emotions.ts";

/** Returns the labels of clips in their order: the known emotions first. */
export function labelsOf(clips: readonly { readonly emotion: string }[]): string[] {
  const present = new Set(clips.map(({ emotion }) => emotion));
  const known = emotions.filter((label) => present.delete(label));
  return [...known, ...[...present].toSorted((a, b) => a.localeCompare(b, "en"))];
}
