import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import { EmotionPatterns } from "../../reports/recordings/emotion-patterns.ts";
import { clock } from "../../shared/clock.ts";
import type { Segment } from "../../web/index.ts";
import { playFrom } from "../state/playback.ts";
import { keepInView, selection } from "../state/view.ts";
import { strings } from "../strings.ts";
import { placed, placeOf, spanAt } from "./lane-boxes.ts";
import { LaneBrush, laneHeight, laneStep } from "./lane-brush.ts";
import { inspected, pointed } from "./segment-cursor.ts";
import { TimeCanvas, type Surface } from "./time-canvas.tsx";

const { timeline } = strings;

/** What a lane shows of each segment. */
export const laneKinds = ["voice", "words", "both"] as const;
export type LaneKind = (typeof laneKinds)[number];

/** Returns what a lane has for a segment; `null` where its channel has nothing. */
export function predictionOf(
  segment: Segment,
  kind: LaneKind,
): { readonly emotion: string; readonly confidence: number } | null {
  if (kind !== "both") return segment[kind];
  const { emotion, confidence } = segment;
  return emotion === null ? null : { emotion, confidence: confidence ?? 0 };
}

interface Props {
  /** Whose speech. */
  readonly who: string;
  /** In order. */
  readonly segments: readonly Segment[];
  readonly kinds: readonly LaneKind[];
  readonly labels: readonly string[];
}

const idOf = ({ channel, startSec }: Segment): string => `segment-${channel ?? 0}-${startSec}`;

/**
 * One speaker's emotions over time: a lane for each kind, through which the arrow keys go. All of it is drawn; the segment that
 * is told about is an element besides.
 */
export function Lanes({ who, segments, kinds, labels }: Props): JSX.Element {
  const brush = useMemo(() => new LaneBrush(new EmotionPatterns(labels)), [labels.join("\n")]);
  const at = inspected.value;
  const index = at === null ? -1 : segments.indexOf(at);
  const own = segments[index];
  const onKeyDown = (event: KeyboardEvent): void => {
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (by !== undefined) {
      const next = segments[Math.min(Math.max(0, index + by), segments.length - 1)];
      pointed.value = next ?? null;
      if (next) keepInView(next.startSec);
    } else if (event.key === "Enter" && own !== undefined) playFrom(own.startSec, own.endSec);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div
      class="lanes"
      role="listbox"
      tabIndex={0}
      aria-label={timeline.lanes(who)}
      aria-activedescendant={own && idOf(own)}
      onKeyDown={onKeyDown}
      onMouseMove={(event) => (pointed.value = spanAt(segments, event) ?? pointed.peek())}
      onMouseLeave={() => (pointed.value = null)}
      onClick={(event) => {
        const segment = spanAt(segments, event);
        if (segment) playFrom(segment.startSec, segment.endSec);
      }}
      onDblClick={(event) => (selection.value = spanAt(segments, event) ?? selection.peek())}
    >
      <TimeCanvas
        of={segments}
        height={kinds.length * laneStep - (laneStep - laneHeight)}
        draw={(surface) => {
          for (const each of placed(segments)) drawSegment({ surface, brush, kinds }, each);
        }}
      />
      <Option segments={segments} index={index} />
    </div>
  );
}

interface OptionProps {
  readonly segments: readonly Segment[];
  /** −1 for none, in place of which the first one stands. */
  readonly index: number;
}

/** The segment that is told about, for screen readers, with a frame around it. */
function Option({ segments, index }: OptionProps): JSX.Element | null {
  const segment = segments[Math.max(0, index)];
  if (segment === undefined) return null;
  return (
    <div
      id={idOf(segment)}
      role="option"
      aria-selected={index >= 0}
      aria-setsize={segments.length}
      aria-posinset={Math.max(0, index) + 1}
      aria-label={describe(segment)}
      class="segment"
      style={placeOf(segment)}
    />
  );
}

interface Drawing {
  readonly surface: Surface;
  readonly brush: LaneBrush;
  readonly kinds: readonly LaneKind[];
}

/** Draws one segment in all lanes: an emotion's pattern, or hatched where none is reported or the two channels disagree. */
function drawSegment(
  { surface, brush, kinds }: Drawing,
  { span, x, width }: { readonly span: Segment; readonly x: number; readonly width: number },
): void {
  for (const [lane, kind] of kinds.entries()) {
    const box = { x, y: lane * laneStep, width, height: laneHeight };
    const prediction = predictionOf(span, kind);
    if (span.abstained !== null && kind !== "words") brush.out(surface, box);
    else {
      if (prediction !== null) brush.emotion(surface, box, prediction.emotion);
      if (kind === "both" && span.disagree) {
        brush.disagree(surface, {
          ...box,
          y: box.y + 0.55 * laneHeight,
          height: 0.45 * laneHeight,
        });
      }
    }
  }
}

/** Returns a segment in words. */
export function describe(segment: Segment): string {
  const { startSec, endSec, emotion, confidence, abstained, disagree, text } = segment;
  const what =
    abstained === null
      ? `${emotion} ${Math.round(100 * (confidence ?? 0))} %`
      : abstained === "unsure"
        ? timeline.unsure
        : timeline.outOfDistribution;
  const parts = [`${clock(startSec)} to ${clock(endSec)}: ${what}`];
  if (disagree) parts.push(timeline.disagree);
  if (text !== "") parts.push(text);
  return parts.join(", ");
}
