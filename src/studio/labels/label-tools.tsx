import type { JSX } from "preact";
import { useEffect, useMemo } from "preact/hooks";
import { computed } from "@preact/signals";
import { ExportMenu } from "../exports/export-menu.tsx";
import type { Recording } from "../state/recordings.ts";
import { strings } from "../strings.ts";
import { labelAtPlayhead, onLabelKey, ownTargets, speakersOf } from "./label-keys.ts";
import { labelPatterns } from "./label-patterns.ts";
import { labeler, labelNames } from "./label-settings.ts";
import { labels } from "./page-labels.ts";

const texts = strings.labels;

/** The labels with their keys, undo and redo, who labels, and what can be exported; beside a `LabelLane`. */
export function LabelTools({ recording }: { readonly recording: Recording }): JSX.Element {
  useEffect(() => {
    document.addEventListener("keydown", onLabelKey);
    return () => document.removeEventListener("keydown", onLabelKey);
  }, []);
  const patterns = labelPatterns(labels.of(recording.id).value);
  const problem = labels.problem.value;
  const { canUndo, canRedo } = labels.historyOf(recording.id);
  return (
    <div class="label-tools">
      <div dangerouslySetInnerHTML={{ __html: patterns.definitions().text }} />
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
        <small>
          <Count recording={recording} /> {labels.isKeeping.value ? texts.notKeptYet : texts.kept}
        </small>
      </div>
      {problem !== null && (
        <p class="banner" role="alert">
          {texts.problems[problem]}
        </p>
      )}
    </div>
  );
}

/** How many of the segments this person has labeled. */
function Count({ recording }: { readonly recording: Recording }): JSX.Element {
  const count = useMemo(
    () =>
      computed(() => {
        const targets = speakersOf(recording).flatMap((each) => ownTargets(recording, each));
        return texts.count(targets.filter(({ segment }) => segment?.label).length, targets.length);
      }),
    [recording],
  );
  return <span class="count">{count.value}</span>;
}
