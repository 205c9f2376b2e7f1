import type { JSX } from "preact";
import type { EmotionPatterns } from "../../reports/recordings/emotion-patterns.ts";
import { clock } from "../../shared/clock.ts";
import type { Segment } from "../../web/index.ts";
import { playFrom } from "../state/playback.ts";
import { keepInView, selection, toX, trackWidth } from "../state/view.ts";
import { strings } from "../strings.ts";
import { inspected, pointed } from "./segment-cursor.ts";

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
  readonly segments: readonly Segment[];
  readonly kinds: readonly LaneKind[];
  readonly patterns: EmotionPatterns;
}

const idOf = ({ channel, startSec }: Segment): string => `segment-${channel ?? 0}-${startSec}`;

/** One speaker's emotions over time: a lane for each kind, through which the arrow keys go. */
export function Lanes({ who, segments, kinds, patterns }: Props): JSX.Element {
  const width = trackWidth.value;
  const seen = segments.filter(({ startSec, endSec }) => toX(endSec) > 0 && toX(startSec) < width);
  const at = inspected.value;
  const own = at !== null && segments.includes(at) ? at : null;
  const onKeyDown = (event: KeyboardEvent): void => {
    const index = own === null ? -1 : segments.indexOf(own);
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (by !== undefined) {
      const next = segments[Math.min(Math.max(0, index + by), segments.length - 1)];
      pointed.value = next ?? null;
      if (next) keepInView(next.startSec);
    } else if (event.key === "Enter" && own !== null) playFrom(own.startSec, own.endSec);
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
      aria-activedescendant={own === null ? undefined : idOf(own)}
      onKeyDown={onKeyDown}
      onMouseLeave={() => (pointed.value = null)}
    >
      {seen.map((segment) => {
        const x = toX(segment.startSec);
        return (
          <div
            key={segment.startSec}
            id={idOf(segment)}
            role="option"
            aria-selected={segment === own}
            aria-label={describe(segment)}
            class="segment"
            style={{
              transform: `translateX(${x}px)`,
              width: `${Math.max(1, toX(segment.endSec) - x)}px`,
            }}
            onMouseEnter={() => (pointed.value = segment)}
            onClick={() => playFrom(segment.startSec, segment.endSec)}
            onDblClick={() => (selection.value = segment)}
          >
            {kinds.map((kind) => (
              <Block key={kind} segment={segment} kind={kind} patterns={patterns} />
            ))}
          </div>
        );
      })}
    </div>
  );
}

interface BlockProps {
  readonly segment: Segment;
  readonly kind: LaneKind;
  readonly patterns: EmotionPatterns;
}

/** One segment in one lane: an emotion's pattern, or hatched where none is reported or the two channels disagree. */
function Block({ segment, kind, patterns }: BlockProps): JSX.Element {
  const prediction = predictionOf(segment, kind);
  const isOut = segment.abstained !== null && kind !== "words";
  const fill = prediction === null || isOut ? undefined : patterns.fillOf(prediction.emotion);
  const isHatched = kind === "both" && segment.disagree && !isOut;
  return (
    <svg class={isOut ? "block out" : "block"} aria-hidden="true">
      {fill && <rect width="100%" height="100%" fill={fill} />}
      {isOut && <rect width="100%" height="100%" fill="url(#out)" />}
      {isHatched && <rect width="100%" height="45%" y="55%" fill="url(#disagree)" />}
    </svg>
  );
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
