import { explain, forget } from "../explain/explained.ts";
import { loops, playFrom, seek, togglePlay } from "../state/playback.ts";
import { current, playheadSec } from "../state/recordings.ts";
import { keepInView, selection, showAll, view, zoom } from "../state/view.ts";
import { markSelection } from "./neutral-button.tsx";
import { inspected, played, pointed, spoken } from "./segment-cursor.ts";

const stepSec = 5;
const smallStepSec = 0.5;

/** Moves to the next or previous segment with speech. */
function toSegment(by: 1 | -1): void {
  const at = playheadSec.peek();
  const next =
    by > 0
      ? spoken.peek().find(({ startSec }) => startSec > at + 1e-3)
      : spoken.peek().findLast(({ startSec }) => startSec < at - 0.5);
  if (next === undefined) return;
  seek(next.startSec);
  pointed.value = null;
  keepInView(next.startSec);
}

/** Moves one end of the selection to the playhead. */
function select(end: "start" | "end"): void {
  const at = playheadSec.peek();
  const now = selection.peek();
  const duration = current.peek()?.durationSec ?? 0;
  const { startSec, endSec } = now ?? { startSec: 0, endSec: duration };
  if (end === "start") selection.value = { startSec: at, endSec: endSec > at ? endSec : duration };
  else selection.value = { startSec: startSec < at ? startSec : 0, endSec: at };
}

const actions: Readonly<Record<string, (event: KeyboardEvent) => void>> = {
  " ": togglePlay,
  ArrowLeft: ({ shiftKey }) => seek(playheadSec.peek() - (shiftKey ? smallStepSec : stepSec)),
  ArrowRight: ({ shiftKey }) => seek(playheadSec.peek() + (shiftKey ? smallStepSec : stepSec)),
  j: () => toSegment(1),
  k: () => toSegment(-1),
  "+": () => zoom(2, centerSec()),
  "=": () => zoom(2, centerSec()),
  "-": () => zoom(0.5, centerSec()),
  "0": showAll,
  "[": () => select("start"),
  "]": () => select("end"),
  l: () => {
    selection.value ??= played.peek();
    loops.value = selection.peek() !== null && !loops.peek();
    if (loops.peek()) playFrom(selection.peek()!.startSec);
  },
  n: () => {
    selection.value ??= played.peek();
    if (current.peek() !== null) void markSelection(current.peek()!);
  },
  w: () => {
    if (current.peek() !== null && inspected.peek() !== null) {
      void explain(current.peek()!, inspected.peek()!);
    }
  },
  Escape: () => {
    selection.value = null;
    forget();
    loops.value = false;
  },
};

/** What stays in its place when zooming: the playhead where it is seen, else the middle. */
function centerSec(): number {
  const { startSec, endSec } = view.peek();
  const at = playheadSec.peek();
  return at >= startSec && at <= endSec ? at : (startSec + endSec) / 2;
}

/** Does what a key stands for, unless a control takes it. */
export function onKey(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  if (current.peek() === null) return;
  const on = event.target instanceof Element ? event.target : document.body;
  if (on.closest("input:not([type=file]), select, textarea, [contenteditable]")) return;
  if (event.key === " " && on.closest("button, summary, a, label")) return;
  const action = actions[event.key.length === 1 ? event.key.toLowerCase() : event.key];
  if (action === undefined) return;
  action(event);
  event.preventDefault();
}
