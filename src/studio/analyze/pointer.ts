import { isPlaying, playFrom, seek } from "../state/playback.ts";
import { pan, selection, toSec, view, zoom } from "../state/view.ts";

/** A shorter way of the pointer is a click. */
const leastPixels = 4;

/** Where the pointer went down, in pixels; `null` while it is up. */
let downX: number | null = null;

function xOf({ currentTarget, clientX }: PointerEvent | WheelEvent): number {
  if (!(currentTarget instanceof Element)) return clientX;
  return clientX - currentTarget.getBoundingClientRect().left;
}

/** A click moves playback, dragging selects a time; a finger that is drawn over it moves what is shown. */
export const pointerHandlers = {
  onPointerDown(event: PointerEvent): void {
    if (event.button !== 0) return;
    downX = xOf(event);
    if (event.currentTarget instanceof Element) {
      event.currentTarget.setPointerCapture(event.pointerId);
    }
  },
  onPointerMove(event: PointerEvent): void {
    if (downX === null) return;
    const x = xOf(event);
    if (Math.abs(x - downX) < leastPixels) return;
    if (event.pointerType === "touch") {
      pan(toSec(downX) - toSec(x));
      downX = x;
    } else {
      selection.value = { startSec: toSec(Math.min(x, downX)), endSec: toSec(Math.max(x, downX)) };
    }
  },
  onPointerUp(event: PointerEvent): void {
    if (downX === null) return;
    const isClick = Math.abs(xOf(event) - downX) < leastPixels;
    if (isClick) {
      selection.value = null;
      const sec = toSec(downX);
      if (isPlaying.peek()) playFrom(sec);
      else seek(sec);
    }
    downX = null;
  },
  onPointerCancel(): void {
    downX = null;
  },
};

/** Control and wheel zoom, sideways and shift move; else the page scrolls. */
export function onWheel(event: WheelEvent): void {
  if (event.ctrlKey || event.metaKey) zoom(Math.exp(-event.deltaY / 300), toSec(xOf(event)));
  else {
    const by = event.deltaX !== 0 ? event.deltaX : event.shiftKey ? event.deltaY : 0;
    if (by === 0) return;
    pan(toSec(by) - view.peek().startSec);
  }
  event.preventDefault();
}
