import type { PeerRow, Ratio } from "./ratios.ts";
import { counted, fastestOf } from "./rounds.ts";

/** Returns the rows of a table by number of threads: Undertone, PyTorch's fastest variant and PyTorch as installed. */
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

/** Returns a paragraph with the ratios to PyTorch, or nothing without PyTorch. */
export function ratioLine(ratios: readonly Ratio[], task: string): string {
  const ofTask = ratios.filter((ratio) => ratio.task === task);
  if (ofTask.length === 0) return "";
  const parts = ofTask.map(({ against, threads, ratio }) => {
    const how = against === "tuned" ? "tuned" : "as installed";
    return `**${ratio.toFixed(2)} ×** PyTorch ${how} (${counted(threads)})`;
  });
  const [tuned] = ofTask;
  return `\n\nUndertone with the number of threads that PyTorch is fastest with: ${parts.join(", ")}. Fastest against fastest: **${tuned!.fastestRatio.toFixed(2)} ×** PyTorch tuned.`;
}
