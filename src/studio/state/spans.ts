/** A time of a recording. */
export interface Span {
  readonly startSec: number;
  readonly endSec: number;
}

/** Returns those of spans in order, of which none holds another, that lie in a time at least in part. */
export function spansWithin<Each extends Span>(
  spans: readonly Each[],
  { startSec, endSec }: Span,
): readonly Each[] {
  const first = firstIndex(spans, (span) => span.endSec > startSec);
  return spans.slice(
    first,
    firstIndex(spans, (span) => span.startSec >= endSec),
  );
}

/** Returns the index of the first that holds, of which all that follow hold too. */
function firstIndex<Each>(all: readonly Each[], holds: (each: Each) => boolean): number {
  let [low, high] = [0, all.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(all[middle]!)) high = middle;
    else low = middle + 1;
  }
  return low;
}
