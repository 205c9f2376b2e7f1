import { current, playheadSec } from "../state/recordings.ts";
import { columnOf } from "./edits.ts";
import { labeler, labelNames } from "./label-settings.ts";
import { labels } from "./page-labels.ts";
import { targetAt, targetsOf, type LabelTarget } from "./targets.ts";
import type { Recording } from "../state/recordings.ts";

/** Returns the speakers of a recording whose speech is labeled; `null` where they are not told apart. */
export function speakersOf({ analysis }: Pick<Recording, "analysis">): (string | null)[] {
  const speakers = analysis.value?.speakers ?? [];
  return speakers.length === 0 ? [null] : speakers.map(({ speaker }) => speaker);
}

/** Returns what this person can label of a speaker. */
export function ownTargets(recording: Recording, speaker: string | null): LabelTarget[] {
  const spoken = recording.analysis.value?.segments.filter(({ emotion }) => emotion !== null) ?? [];
  return targetsOf(spoken, labels.of(recording.id).value, { by: labeler.value, speaker });
}

/** Returns what is under the playhead, of several speakers that of whom who began last; between segments the next one. */
function targetUnderPlayhead(recording: Recording): LabelTarget | null {
  const sec = playheadSec.peek();
  const all = speakersOf(recording).map((speaker) => ownTargets(recording, speaker));
  const found = all.flatMap((targets) => targetAt(targets, sec) ?? []);
  const next = all.flatMap((targets) => targets.find(({ startSec }) => startSec > sec) ?? []);
  return byStart(found).at(-1) ?? byStart(next)[0] ?? null;
}

const byStart = (targets: readonly LabelTarget[]): LabelTarget[] =>
  targets.toSorted((a, b) => a.startSec - b.startSec);

/** Labels what is under the playhead; with `null` takes its label away. */
export function labelAtPlayhead(label: string | null): void {
  const recording = current.peek();
  const target = recording && targetUnderPlayhead(recording);
  if (target) labels.relabel(recording, { ...target, by: labeler.peek() }, label);
}

/** Cuts what is under the playhead there in two. */
function splitAtPlayhead(): void {
  const recording = current.peek();
  if (recording === null) return;
  const all = labels.of(recording.id).peek();
  for (const speaker of speakersOf(recording)) {
    const at = playheadSec.peek();
    const own = columnOf(all, { by: labeler.peek(), speaker }).find(
      ({ startSec, endSec }) => startSec < at && at < endSec,
    );
    if (own) labels.split(recording, own, at);
  }
}

/** Does what a key stands for, unless a control takes it. */
export function onLabelKey(event: KeyboardEvent): void {
  const on = event.target instanceof Element ? event.target : document.body;
  if (event.defaultPrevented || event.altKey) return;
  if (on.closest("input:not([type=file]), select, textarea, [contenteditable]")) return;
  const key = event.key.toLowerCase();
  if (event.ctrlKey || event.metaKey) {
    const recording = current.peek();
    if (recording === null) return;
    if (key === "z" && !event.shiftKey) labels.undo(recording.id);
    else if (key === "y" || key === "z") labels.redo(recording.id);
    else return;
  } else if (/^[1-8]$/.test(key)) {
    const label = labelNames.peek()[Number(key) - 1];
    if (label === undefined) return;
    labelAtPlayhead(label);
  } else if (key === "delete" || key === "backspace") labelAtPlayhead(null);
  else if (key === "x") splitAtPlayhead();
  else return;
  event.preventDefault();
}
