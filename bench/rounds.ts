import type { Measured } from "./own-process.ts";

/** How a round measures. */
export interface RoundOptions {
  /** For each measurement. */
  readonly seconds: number;
  /** Numbers of threads to measure with. */
  readonly threads: readonly number[];
  readonly report: (line: string) => void;
}

/** What a round measured, and in sentences what it could not. */
export interface Round<Row> {
  readonly rows: readonly Row[];
  readonly warnings: readonly string[];
}

/**
 * Of the rows of one key the fastest, in the order of the first of each: whatever else the machine
 * does in a round only slows it down.
 */
export function fastest<Row extends Measured>(
  rows: readonly Row[],
  keyOf: (row: Row) => readonly unknown[],
): Row[] {
  const best = new Map<string, Row>();
  for (const row of rows) {
    const key = JSON.stringify(keyOf(row));
    const known = best.get(key);
    if (known === undefined || row.rate > known.rate) best.set(key, row);
  }
  return [...best.values()];
}

/** The fastest row of all. */
export function fastestOf<Row extends Measured>(rows: readonly Row[]): Row | undefined {
  return rows.toSorted((a, b) => b.rate - a.rate)[0];
}

/** A number of threads in words. */
export const counted = (threads: number): string =>
  threads === 1 ? "1 thread" : `${threads} threads`;
