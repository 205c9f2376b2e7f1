/** TextGrids as Praat reads them. */
import { expect } from "vitest";

/** Returns the tiers of a TextGrid, each as its text. */
export function tiersOf(textGrid: string): string[] {
  return textGrid.split(/ {4}item \[\d+\]:\n/).slice(1);
}

/** Checks that the intervals of a tier cover a recording, one after the other. */
export function expectToCover(tier: string, durationSec: number): void {
  const [whole, ...intervals] = [...tier.matchAll(/xmin = (\S+) \n +xmax = (\S+) /g)].map(
    ([, from, to]) => [Number(from), Number(to)] as const,
  );
  expect(whole).toEqual([0, durationSec]);
  expect(intervals.map(([from]) => from)).toEqual([
    0,
    ...intervals.slice(0, -1).map(([, to]) => to),
  ]);
  expect(intervals.at(-1)?.[1]).toBe(durationSec);
}
