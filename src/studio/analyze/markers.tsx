import type { JSX } from "preact";
import { useSignalEffect } from "@preact/signals";
import { useRef } from "preact/hooks";
import { playheadSec, type Recording } from "../state/recordings.ts";
import { selection, toX, trackWidth, type Selection } from "../state/view.ts";

/** Playhead, selection and neutral stretches over the timeline. */
export function Markers({ recording }: { readonly recording: Recording }): JSX.Element {
  const playhead = useRef<HTMLDivElement>(null);
  useSignalEffect(() => {
    const x = toX(playheadSec.value);
    const { style } = playhead.current!;
    style.transform = `translateX(${x}px)`;
    style.visibility = x < -1 || x > trackWidth.value + 1 ? "hidden" : "visible";
  });
  return (
    <div class="markers" aria-hidden="true">
      {recording.neutral.value.map((stretch) => (
        <div key={stretch.startSec} class="stretch" style={placeOf(stretch)} />
      ))}
      {selection.value && <div class="selection" style={placeOf(selection.value)} />}
      <div class="playhead" ref={playhead} />
    </div>
  );
}

function placeOf({ startSec, endSec }: Selection): { left: string; width: string } {
  const left = Math.max(0, toX(startSec));
  const right = Math.min(trackWidth.value, toX(endSec));
  return { left: `${left}px`, width: `${Math.max(0, right - left)}px` };
}
