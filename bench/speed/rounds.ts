import type { Measured } from "./measure.ts";

/** How a round measures. */
export interface RoundOptions {
  /** For each measurement. */
  readonly seconds: number;
  /** Numbers of threads to measure with. */
  readonly threads: readonly number[];
  readonly report: (line: string) => void;
}

/** One subject, measured in rounds. */
export interface Comparison<Section> {
  /** Measures all implementations once; returns a sentence for each one that could not be measured. */
  round(options: RoundOptions): Promise<readonly string[]>;
  /** Returns the fastest round of each implementation. */
  section(): Section;
}

/** Returns the fastest row of each key, in the order of each key's first row: other load only slows a round down. */
export function fastest<Row extends Pick<Measured, "rate">>(
  rows: readonly Row[],
  keyOf: (row: Row) => readonly unknown[],
): Row[] {
  const best = new Map<string, Row>();
  for (const row of rows) {
    const key = JSON.stringify(keyOf(row));
    const previous = best.get(key);
    if (previous === undefined || row.rate > previous.rate) best.set(key, row);
  }
  return [...best.values()];
}

/** Returns the fastest row of all. */
export function fastestOf<Row extends Measured>(rows: readonly Row[]): Row | undefined {
  return rows.toSorted((a, b) => b.rate - a.rate)[0];
}

/** Returns a number of threads in words. */
export const counted = (threads: number): string =>
  threads === 1 ? "1 thread" : `${threads} threads`;
