import type { JSX } from "preact";
import { computed, signal, useSignal, type ReadonlySignal } from "@preact/signals";
import { useMemo } from "preact/hooks";
import { laneHeight, type LaneBrush } from "../analyze/lane-brush.ts";
import { placed, placeOf, spanAt } from "../analyze/lane-boxes.ts";
import { TimeCanvas, type Surface } from "../analyze/time-canvas.tsx";
import { clock } from "../../shared/clock.ts";
import { seek } from "../state/playback.ts";
import { playheadSec, type Recording } from "../state/recordings.ts";
import type { Span } from "../state/spans.ts";
import { toSec } from "../state/view.ts";
import { strings } from "../strings.ts";
import { moving, type LabeledSegment } from "./edits.ts";
import { ownTargets } from "./label-keys.ts";
import { labels } from "./page-labels.ts";
import { targetAt, type LabelTarget } from "./targets.ts";

const texts = strings.labels;

type Edge = "start" | "end";

/** The boundary that is being dragged, and where it is. */
const dragged = signal<{
  readonly segment: LabeledSegment;
  readonly edge: Edge;
  readonly sec: number;
} | null>(null);

const stepSec = 0.05;

interface Props {
  readonly recording: Recording;
  readonly speaker: string | null;
  readonly brush: ReadonlySignal<LaneBrush>;
}

/**
 * The lane of the person at the page; the arrow keys go from segment to segment, with Alt they move its end, with Shift its
 * start. All of it is drawn; the segments at the playhead and at the pointer are elements besides.
 */
export function OwnLane({ recording, speaker, brush }: Props): JSX.Element {
  const all = useMemo(() => computed(() => ownTargets(recording, speaker)), [recording, speaker]);
  const played = useMemo(() => computed(() => targetAt(all.value, playheadSec.value)), [all]);
  const hovered = useSignal<LabelTarget | null>(null);
  const targets = all.value;
  const at = played.value;
  const elements = new Set([at ?? targets[0], targets.find((each) => each === hovered.value)]);
  const onKeyDown = (event: KeyboardEvent): void => {
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (by === undefined) return;
    if (event.altKey && at?.segment) {
      const edge = event.shiftKey ? "start" : "end";
      const from = edge === "start" ? at.startSec : at.endSec;
      labels.move(recording, at.segment, { edge, toSec: from + by * stepSec });
    } else {
      const now = playheadSec.peek();
      const next =
        by > 0
          ? targets.find(({ startSec }) => startSec > now + 1e-3)
          : targets.findLast(({ startSec }) => startSec < now - 1e-3);
      if (next) seek(next.startSec);
    }
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div
      class="label-lane own"
      role="listbox"
      tabIndex={0}
      aria-label={texts.own(speaker)}
      aria-activedescendant={at ? idOf(at) : undefined}
      onKeyDown={onKeyDown}
      onPointerMove={(event) => {
        if (dragged.peek() === null) hovered.value = spanAt(targets, event) ?? null;
      }}
      onPointerLeave={() => (hovered.value = null)}
      onClick={(event) => {
        const target = spanAt(targets, event);
        if (target) seek(target.startSec);
      }}
    >
      <TimeCanvas
        height={laneHeight}
        draw={(surface) => drawTargets({ surface, brush: brush.value }, all.value, recording)}
      />
      {[...elements].map((target) =>
        target === undefined ? null : (
          <div
            key={target.startSec}
            id={idOf(target)}
            role="option"
            aria-selected={target === at}
            aria-setsize={targets.length}
            aria-posinset={targets.indexOf(target) + 1}
            aria-label={`${clock(target.startSec)} to ${clock(target.endSec)}: ${target.segment?.label ?? texts.none}`}
            class="label"
            style={placeOf(movedOf(recording)(target.segment) ?? target)}
          >
            {target.segment && (
              <>
                <Handle recording={recording} segment={target.segment} edge="start" />
                <Handle recording={recording} segment={target.segment} edge="end" />
              </>
            )}
          </div>
        ),
      )}
    </div>
  );
}

const idOf = ({ speaker, startSec }: LabelTarget): string => `label-${speaker ?? ""}-${startSec}`;

interface Drawing {
  readonly surface: Surface;
  readonly brush: LaneBrush;
}

function drawTargets(
  { surface, brush }: Drawing,
  targets: readonly LabelTarget[],
  recording: Recording,
): void {
  const moved = movedOf(recording);
  const now =
    dragged.value === null
      ? targets
      : targets.map((target) => ({ ...target, ...moved(target.segment) }));
  for (const { span, x, width } of placed(now)) {
    const box = { x, y: 0, width, height: laneHeight };
    const label = span.segment?.label ?? null;
    if (label === null) brush.free(surface, box);
    else brush.emotion(surface, box, label);
  }
}

/** Returns where segments are while one of their ends is dragged; `undefined` of one that stays. */
function movedOf({
  id,
  durationSec,
}: Recording): (segment: LabeledSegment | null) => Span | undefined {
  const drag = dragged.value;
  if (drag === null) return () => undefined;
  const to = { edge: drag.edge, toSec: drag.sec, durationSec };
  const { before, after } = moving(labels.of(id).value, drag.segment, to);
  return (segment) => (segment === null ? undefined : after[before.indexOf(segment)]);
}

interface HandleProps {
  readonly recording: Recording;
  readonly segment: LabeledSegment;
  readonly edge: Edge;
}

/** Returns the time at a place of the page, in the lane of an element. */
function secAt(element: Element, clientX: number): number {
  return toSec(clientX - element.closest(".label-lane")!.getBoundingClientRect().left);
}

/** An end of a segment, which a pointer drags; keys move it by the lane. */
function Handle({ recording, segment, edge }: HandleProps): JSX.Element {
  return (
    <span
      class={`handle ${edge}`}
      onClick={(event) => event.stopPropagation()}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        dragged.value = { segment, edge, sec: secAt(event.currentTarget, event.clientX) };
      }}
      onPointerMove={(event) => {
        if (dragged.peek() !== null)
          dragged.value = { segment, edge, sec: secAt(event.currentTarget, event.clientX) };
      }}
      onPointerUp={(event) => {
        if (dragged.peek() === null) return;
        dragged.value = null;
        labels.move(recording, segment, { edge, toSec: secAt(event.currentTarget, event.clientX) });
      }}
      onPointerCancel={() => (dragged.value = null)}
    />
  );
}
