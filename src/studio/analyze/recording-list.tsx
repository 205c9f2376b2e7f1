import type { JSX } from "preact";
import { clock } from "../../shared/clock.ts";
import { closeRecording } from "../state/open-recording.ts";
import { models } from "../state/models.ts";
import { current, recordings, type Recording } from "../state/recordings.ts";
import { strings } from "../strings.ts";
import { safeName } from "../../reports/recordings/recording-page.ts";
import { FileButton } from "./drop-zone.tsx";
import { openRecorder } from "./recorder.tsx";

/** The open recordings, of which one is shown. */
export function RecordingList(): JSX.Element {
  return (
    <aside class="recordings" aria-label={strings.analyze.recordings}>
      <ul>
        {recordings.value.map((recording) => (
          <Item key={recording.id} recording={recording} />
        ))}
      </ul>
      <div class="buttons">
        <FileButton label={strings.analyze.add} />
        <button type="button" class="button" onClick={openRecorder}>
          <span class="record-dot" aria-hidden="true" /> {strings.analyze.record}
        </button>
      </div>
    </aside>
  );
}

function Item({ recording }: { readonly recording: Recording }): JSX.Element {
  const name = safeName(recording.name);
  const isCurrent = current.value === recording;
  return (
    <li class={isCurrent ? "current" : ""}>
      <button
        type="button"
        class="plain"
        aria-current={isCurrent ? "true" : undefined}
        onClick={() => (current.value = recording)}
      >
        <bdi>{name}</bdi>
        <small>{stateOf(recording)}</small>
      </button>
      <button
        type="button"
        class="plain close"
        aria-label={strings.analyze.close(name)}
        onClick={() => closeRecording(recording)}
      >
        ×
      </button>
    </li>
  );
}

const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(1);

/** Returns what of the models is still fetched. */
function waitingFor(): string | undefined {
  const state = models.state.value;
  if (state.is !== "loading") return undefined;
  const { done = 0, total } = state.progress ?? {};
  if (total === undefined) return strings.models.starting;
  return strings.models.fetching(megabytes(done), megabytes(total));
}

/** Returns how far a recording is, in words. */
export function stateOf({ state, durationSec, analysis }: Recording): string {
  const now = state.value;
  if (now.step === "decoding") return strings.analyze.decoding(clock(now.doneSec));
  if (now.step === "waiting") return waitingFor() ?? strings.analyze.waiting;
  if (now.step === "failed") return strings.analyze.failed;
  if (now.step === "analyzing") {
    return strings.analyze.analyzing(clock(now.doneSec), clock(durationSec));
  }
  const { dominantEmotion } = analysis.value!.summary;
  return `${clock(durationSec)} · ${dominantEmotion ?? strings.timeline.noEmotion}`;
}
