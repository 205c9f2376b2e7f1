import type { JSX } from "preact";
import { parseLabel } from "../../shared/labels.ts";
import { labeledBy } from "../exports/exported-recording.ts";
import { labeler, labelNames, mostLabels } from "../labels/label-settings.ts";
import { labels } from "../labels/page-labels.ts";
import { recordings } from "../state/recordings.ts";
import { strings } from "../strings.ts";
import { filesByClass } from "./new-clips.ts";
import { clipSec, teaching } from "./teaching.ts";

const texts = strings.teach;

interface ClassCount {
  readonly label: string;
  /** Of recordings that are open, labeled in Analyze. */
  readonly labeled: number;
  /** That are kept besides. */
  readonly kept: number;
  readonly recordings: number;
}

/** Returns what there is of each label to learn from. */
function classCounts(): ClassCount[] {
  const open = recordings.value;
  const isOpen = new Set(open.map(({ id }) => id));
  const kept = teaching.clips.value.filter(({ recordingId }) => !isOpen.has(recordingId));
  const labeled = open.flatMap(({ id: recordingId }) =>
    labeledBy(labels.of(recordingId).value, labeler.value).map(({ label }) => ({
      label,
      recordingId,
    })),
  );
  const names = [
    ...labelNames.value,
    ...labeled.map(({ label }) => label),
    ...kept.map(({ label }) => label),
  ];
  return [...new Set(names)].map((label) => {
    const own = [...labeled, ...kept].filter((clip) => clip.label === label);
    return {
      label,
      labeled: labeled.filter((clip) => clip.label === label).length,
      kept: kept.filter((clip) => clip.label === label).length,
      recordings: new Set(own.map(({ recordingId }) => recordingId)).size,
    };
  });
}

/** The labels, what there is of each, and how to add to it. */
export function ClassTable(): JSX.Element {
  const state = teaching.state.value;
  const isBusy = state.is !== "idle";
  return (
    <section class="card" aria-label={texts.classes}>
      <h2>{texts.classes}</h2>
      <div class="scroll">
        <table class="classes">
          <thead>
            <tr>
              <th scope="col">{texts.label}</th>
              <th scope="col">{texts.labeled}</th>
              <th scope="col">{texts.keptClips}</th>
              <th scope="col">{texts.recordings}</th>
              <th scope="col">{texts.add}</th>
            </tr>
          </thead>
          <tbody>
            {classCounts().map(({ label, labeled, kept, recordings: count }) => (
              <tr key={label} class={labeled + kept === 0 ? "empty" : undefined}>
                <th scope="row">
                  <bdi>{label}</bdi>
                </th>
                <td>{labeled}</td>
                <td>{kept}</td>
                <td>{count}</td>
                <td>
                  <div class="buttons">
                    <button
                      type="button"
                      disabled={isBusy}
                      onClick={() => void teaching.record(label)}
                    >
                      <span class="record-dot" aria-hidden="true" />
                      {state.is === "recording" && state.label === label
                        ? texts.recorded(state.doneSec)
                        : texts.record(clipSec)}
                      <span class="hidden"> {texts.of(label)}</span>
                    </button>
                    {kept > 0 && (
                      <button
                        type="button"
                        disabled={isBusy}
                        onClick={() => void teaching.remove(label)}
                      >
                        {texts.remove}
                        <span class="hidden"> {texts.of(label)}</span>
                      </button>
                    )}
                  </div>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <div class="buttons">
        <label class="button" title={texts.folderHint}>
          {texts.folder}
          <input
            class="hidden"
            type="file"
            multiple
            disabled={isBusy}
            {...{ webkitdirectory: true }}
            onChange={({ currentTarget }) => {
              void teaching.addFiles(filesByClass(currentTarget.files ?? []));
              currentTarget.value = "";
            }}
          />
        </label>
        <NewLabel />
        <span role="status">
          {state.is === "reading" ? texts.reading(state.done, state.total) : ""}
        </span>
      </div>
    </section>
  );
}

/** Adds a label of one's own, in place of the last without clips where all keys are taken. */
function addLabel(field: HTMLInputElement): void {
  const label = parseLabel(field.value);
  field.value = "";
  const names = labelNames.peek();
  if (label === undefined || names.includes(label)) return;
  const used = new Set(
    classCounts().flatMap((each) => (each.labeled + each.kept > 0 ? each.label : [])),
  );
  const spare = names.findLast((name) => !used.has(name));
  const kept = names.length < mostLabels ? names : names.filter((name) => name !== spare);
  labelNames.value = [...kept, label].slice(0, mostLabels);
}

function NewLabel(): JSX.Element {
  return (
    <form
      class="url"
      onSubmit={(event) => {
        event.preventDefault();
        addLabel(event.currentTarget.querySelector("input")!);
      }}
    >
      <input maxLength={40} aria-label={texts.newLabel} placeholder={texts.newLabel} />
      <button type="submit">{texts.addLabel}</button>
    </form>
  );
}
