import type { JSX } from "preact";
import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { EmotionPatterns } from "../../reports/recordings/emotion-patterns.ts";
import { clock } from "../../shared/clock.ts";
import { ExportMenu } from "../exports/export-menu.tsx";
import { seek } from "../state/playback.ts";
import { playheadSec, type Recording } from "../state/recordings.ts";
import { toSec, toX, trackWidth } from "../state/view.ts";
import { strings } from "../strings.ts";
import { columnOf, moving, type LabeledSegment } from "./edits.ts";
import { labelAtPlayhead, onLabelKey, ownTargets, speakersOf } from "./label-keys.ts";
import { labeler, labelNames } from "./label-settings.ts";
import { labels } from "./page-labels.ts";
import { targetAt, type LabelTarget } from "./targets.ts";

const texts = strings.labels;

/** Prefix of the patterns of labels, which may be others than those of the model. */
const patternPrefix = "label-";

/** People's labels under the model's: a lane for each person and speaker, of which one's own can be changed. */
export function LabelLane({ recording }: { readonly recording: Recording }): JSX.Element {
  useEffect(() => {
    document.addEventListener("keydown", onLabelKey);
    return () => document.removeEventListener("keydown", onLabelKey);
  }, []);
  const all = labels.of(recording.id).value;
  const me = labeler.value;
  const others = [...new Set(all.map(({ by }) => by))].filter((by) => by !== me);
  const patterns = patternsOf(all);
  const speakers = speakersOf(recording);
  return (
    <section class="label-lanes" aria-label={texts.title}>
      <div dangerouslySetInnerHTML={{ __html: patterns.definitions().text }} />
      {speakers.map((speaker) => (
        <div key={speaker} class="lane-group">
          {speakers.length > 1 && (
            <h2>
              <bdi>{texts.of(speaker)}</bdi>
            </h2>
          )}
          <div class={speakers.length > 1 ? "lane-names named" : "lane-names"}>
            {[me, ...others].map((by) => (
              <span key={by} title={by}>
                <bdi>{by}</bdi>
              </span>
            ))}
          </div>
          <OwnLane recording={recording} speaker={speaker} patterns={patterns} />
          {others.map((by) => (
            <div key={by} class="label-lane" role="img" aria-label={texts.lane(by, speaker)}>
              {seenOf(columnOf(all, { by, speaker })).map((segment) => (
                <div key={segment.startSec} class="label" style={place(segment)}>
                  <Fill patterns={patterns} label={segment.label} />
                </div>
              ))}
            </div>
          ))}
        </div>
      ))}
    </section>
  );
}

/** Returns the patterns of the labels that there are and of those that the keys stand for. */
function patternsOf(all: readonly LabeledSegment[]): EmotionPatterns {
  const names = new Set([...labelNames.value, ...all.flatMap(({ label }) => label ?? [])]);
  return new EmotionPatterns([...names], patternPrefix);
}

type Span = Pick<LabeledSegment, "startSec" | "endSec">;

const seenOf = <Each extends Span>(spans: readonly Each[]): Each[] =>
  spans.filter(({ startSec, endSec }) => toX(endSec) > 0 && toX(startSec) < trackWidth.value);

const place = ({ startSec, endSec }: Span) => ({
  transform: `translateX(${toX(startSec)}px)`,
  width: `${Math.max(1, toX(endSec) - toX(startSec))}px`,
});

interface FillProps {
  readonly patterns: EmotionPatterns;
  readonly label: string | null;
}

function Fill({ patterns, label }: FillProps): JSX.Element {
  return (
    <svg class="block" aria-hidden="true">
      {label !== null && <rect width="100%" height="100%" fill={patterns.fillOf(label)} />}
    </svg>
  );
}

interface OwnProps {
  readonly recording: Recording;
  readonly speaker: string | null;
  readonly patterns: EmotionPatterns;
}

type Edge = "start" | "end";

/** The boundary that is being dragged, and where it is. */
const dragged = signal<{
  readonly segment: LabeledSegment;
  readonly edge: Edge;
  readonly sec: number;
} | null>(null);

const stepSec = 0.05;

/** The lane of the person at the page; the arrow keys go from segment to segment, with Alt they move its end, with Shift its start. */
function OwnLane({ recording, speaker, patterns }: OwnProps): JSX.Element {
  const targets = ownTargets(recording, speaker);
  const at = targetAt(targets, playheadSec.value);
  const idOf = ({ startSec }: LabelTarget): string => `label-${speaker ?? ""}-${startSec}`;
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
    >
      {seenOf(targets).map((target) => {
        const shown = target.segment ? previewOf(recording, target.segment) : target;
        const label = target.segment?.label ?? null;
        return (
          <div
            key={target.startSec}
            id={idOf(target)}
            role="option"
            aria-selected={target === at}
            aria-label={`${clock(target.startSec)} to ${clock(target.endSec)}: ${label ?? texts.none}`}
            class={label === null ? "label free" : "label"}
            style={place(shown)}
            onClick={() => seek(target.startSec)}
          >
            <Fill patterns={patterns} label={label} />
            {target.segment && (
              <>
                <Handle recording={recording} segment={target.segment} edge="start" />
                <Handle recording={recording} segment={target.segment} edge="end" />
              </>
            )}
          </div>
        );
      })}
    </div>
  );
}

/** Returns where a segment is while one of its ends is dragged. */
function previewOf({ id, durationSec }: Recording, segment: LabeledSegment): Span {
  const drag = dragged.value;
  if (drag === null) return segment;
  const { edge, sec } = drag;
  const { before, after } = moving(labels.of(id).value, drag.segment, {
    edge,
    toSec: sec,
    durationSec,
  });
  return after[before.indexOf(segment)] ?? segment;
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

/** The labels with their keys, undo and redo, who labels, and what can be exported; beside a `LabelLane`. */
export function LabelTools({ recording }: { readonly recording: Recording }): JSX.Element {
  const patterns = patternsOf(labels.of(recording.id).value);
  const problem = labels.problem.value;
  const { canUndo, canRedo } = labels.historyOf(recording.id);
  return (
    <div class="label-tools">
      <div class="label-keys" role="group" aria-label={texts.keys}>
        {labelNames.value.map((label, index) => (
          <button key={label} type="button" class="chip" onClick={() => labelAtPlayhead(label)}>
            <kbd>{index + 1}</kbd>{" "}
            <span dangerouslySetInnerHTML={{ __html: patterns.swatch(label).text }} />{" "}
            <bdi>{label}</bdi>
          </button>
        ))}
        <button type="button" class="chip" onClick={() => labelAtPlayhead(null)}>
          <kbd>{texts.deleteKey}</kbd> {texts.none}
        </button>
      </div>
      <div class="label-keys">
        <button type="button" disabled={!canUndo.value} onClick={() => labels.undo(recording.id)}>
          {texts.undo}
        </button>
        <button type="button" disabled={!canRedo.value} onClick={() => labels.redo(recording.id)}>
          {texts.redo}
        </button>
        <label class="labeler">
          {texts.labeler}{" "}
          <input
            value={labeler.value}
            maxLength={40}
            onChange={({ currentTarget }) => {
              labeler.value = currentTarget.value.trim() || labeler.peek();
              currentTarget.value = labeler.peek();
            }}
          />
        </label>
        <ExportMenu recording={recording} />
        <small>{labels.isKeeping.value ? texts.notKeptYet : texts.kept}</small>
      </div>
      {problem !== null && (
        <p class="banner" role="alert">
          {texts.problems[problem]}
        </p>
      )}
    </div>
  );
}
