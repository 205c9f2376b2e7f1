import type { Measured } from "./measure.ts";
import { counted, fastestOf, type RoundOptions } from "./rounds.ts";

/** Undertone over PyTorch with the number of threads that PyTorch is fastest with. */
export interface Ratio {
  readonly task: string;
  /** `plain`: PyTorch as it is installed; `tuned`: its fastest variant. */
  readonly against: "plain" | "tuned";
  readonly variant: string;
  readonly threads: number;
  readonly ratio: number;
  /** Undertone's fastest over it, with whatever number of threads. */
  readonly fastestRatio: number;
}

/** A measurement of a task that Undertone and a peer share. */
export interface PeerRow extends Measured {
  readonly task: string;
  /** `Undertone`, or the peer and its version. */
  readonly implementation: string;
  /** How PyTorch was tuned, `plain` as it is installed; Undertone has none. */
  readonly variant?: string;
  readonly threads: number;
}

/** Returns a function that appends a row to `rows` and reports it. */
export function recorder<Row extends PeerRow>(
  subject: string,
  rows: Row[],
  { report }: RoundOptions,
): (row: Row) => void {
  return (row) => {
    const { task, threads, implementation, variant = "", rate } = row;
    rows.push(row);
    report(
      `${subject} ${task}, ${counted(threads)}, ${implementation} ${variant}: ${rate.toFixed(1)}`,
    );
  };
}

/** Returns the ratios of each task to PyTorch tuned and as installed, where both were measured. */
export function ratiosOf(rows: readonly PeerRow[]): Ratio[] {
  const tasks = [...new Set(rows.map(({ task }) => task))];
  return tasks.flatMap((task) =>
    (["tuned", "plain"] as const).flatMap((against) => {
      const theirs = fastestOf(
        rows.filter(
          (row) =>
            row.task === task &&
            row.variant !== undefined &&
            (against === "tuned" || row.variant === "plain"),
        ),
      );
      const all = rows.filter((row) => row.task === task && row.variant === undefined);
      const ours = all.find(({ threads }) => threads === theirs?.threads);
      if (theirs?.variant === undefined || ours === undefined) return [];
      const { variant, threads } = theirs;
      const fastestRatio = fastestOf(all)!.rate / theirs.rate;
      return [{ task, against, variant, threads, ratio: ours.rate / theirs.rate, fastestRatio }];
    }),
  );
}
