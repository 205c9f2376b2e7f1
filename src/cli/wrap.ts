import { printable } from "./printable.ts";

/** Returns the number of characters that a person sees. */
export function widthOf(text: string): number {
  return Array.from(text).length;
}

/** Returns lines of whole words, none wider than `width` where its words allow it. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of printable(text).split(/\s+/)) {
    const last = lines.at(-1);
    const fits = last !== undefined && widthOf(`${last} ${word}`) <= width;
    lines.push(fits ? `${lines.pop()} ${word}` : word);
  }
  return lines;
}
