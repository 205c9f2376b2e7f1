import type { JSX } from "preact";
import { signal } from "@preact/signals";
import { markNeutral } from "../state/open-recording.ts";
import type { Recording } from "../state/recordings.ts";
import { selection } from "../state/view.ts";
import { strings } from "../strings.ts";

const problem = signal<string | null>(null);

/** Marks what is selected as neutral speech. */
export async function markSelection(recording: Recording): Promise<void> {
  const chosen = selection.peek();
  if (chosen === null || recording.analysis.peek() === null) return;
  problem.value = await markNeutral(recording, [...recording.neutral.peek(), chosen]);
}

/** Speaker adaptation: the voice is held against what a person says is neutral. */
export function NeutralButton({ recording }: { readonly recording: Recording }): JSX.Element {
  const speaker = recording.speaker.value;
  return (
    <span class="neutral">
      <button
        type="button"
        title={strings.neutral.why}
        disabled={selection.value === null || recording.analysis.value === null}
        onClick={() => void markSelection(recording)}
      >
        {strings.neutral.mark}
      </button>
      {speaker !== null && (
        <>
          <small>{strings.neutral.marked(`${speaker.speechSec.toFixed(1)} s`)}</small>
          <button type="button" class="plain" onClick={() => void markNeutral(recording, [])}>
            {strings.neutral.undo}
          </button>
        </>
      )}
      {problem.value !== null && (
        <small class="problem" role="alert">
          {problem.value}
        </small>
      )}
    </span>
  );
}
