import { spansWithin, type Span } from "../state/spans.ts";
import { trackWidth, view } from "../state/view.ts";

/** What is drawn of a span. */
export interface Placed<Each> {
  readonly span: Each;
  readonly x: number;
  readonly width: number;
}

/** @yields those of spans in order that are seen, in whole pixels; of several within one pixel the first */
export function* placed<Each extends Span>(spans: readonly Each[]): Generator<Placed<Each>> {
  const toPixel = pixelScale();
  let drawnTo = -Infinity;
  for (const span of spansWithin(spans, view.value)) {
    const right = Math.max(toPixel(span.startSec) + 1, toPixel(span.endSec));
    if (right <= drawnTo) continue;
    const x = Math.max(toPixel(span.startSec), drawnTo);
    const gap = right - x > 2 ? 1 : 0;
    yield { span, x, width: right - x - gap };
    drawnTo = right;
  }
}

/** Returns what tells the pixel of a time: of a thousand times, signals are read once. */
function pixelScale(): (sec: number) => number {
  const { startSec, endSec } = view.value;
  const perSec = trackWidth.value / (endSec - startSec);
  return (sec) => Math.round((sec - startSec) * perSec);
}

/** Returns the style of an element over a span. */
export function placeOf({ startSec, endSec }: Span): {
  readonly transform: string;
  readonly width: string;
} {
  const toPixel = pixelScale();
  const x = toPixel(startSec);
  return { transform: `translateX(${x}px)`, width: `${Math.max(1, toPixel(endSec) - x)}px` };
}

/** Returns the span in order that is at a place of the page, in a lane of it; `undefined` between them. */
export function spanAt<Each extends Span>(
  spans: readonly Each[],
  { currentTarget, clientX }: MouseEvent & { readonly currentTarget: Element },
): Each | undefined {
  const x = clientX - currentTarget.getBoundingClientRect().left;
  const { startSec, endSec } = view.peek();
  const perPixel = (endSec - startSec) / Math.max(1, trackWidth.peek());
  const at = startSec + x * perPixel;
  return spansWithin(spans, { startSec: at, endSec: at + perPixel })[0];
}
