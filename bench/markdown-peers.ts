import type { PeerRow, Ratio } from "./ratios.ts";
import { counted, fastestOf } from "./rounds.ts";

/** Of one task's rows those that a table shows, by number of threads: ours, PyTorch's fastest and PyTorch as installed. */
export function besidePyTorch<Row extends PeerRow>(
  rows: readonly Row[],
): (Row & { readonly name: string })[] {
  const counts = [...new Set(rows.map(({ threads }) => threads))];
  return counts.flatMap((threads) => {
    const ofCount = rows.filter((row) => row.threads === threads);
    const theirs = ofCount.filter(({ variant }) => variant !== undefined);
    const tuned = fastestOf(theirs);
    const plain = theirs.find(({ variant }) => variant === "plain");
    return [
      { row: ofCount.find(({ variant }) => variant === undefined), name: "Undertone" },
      { row: tuned, name: `${tuned?.implementation}, tuned (${tuned?.variant})` },
      { row: plain, name: `${plain?.implementation}, as installed` },
    ].flatMap(({ row, name }) => (row === undefined ? [] : [{ ...row, name }]));
  });
}

/** A sentence on how many times as fast as PyTorch a task is, as a paragraph of its own; nothing without PyTorch. */
export function ratioLine(ratios: readonly Ratio[], task: string): string {
  const ofTask = ratios.filter((ratio) => ratio.task === task);
  if (ofTask.length === 0) return "";
  const parts = ofTask.map(({ against, threads, ratio }) => {
    const how = against === "tuned" ? "tuned" : "as installed";
    return `**${ratio.toFixed(2)} ×** PyTorch ${how} (${counted(threads)})`;
  });
  return `\n\nUndertone with the number of threads that PyTorch is fastest with: ${parts.join(", ")}.`;
}
