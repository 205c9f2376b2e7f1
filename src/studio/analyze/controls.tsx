import type { JSX } from "preact";
import { clock } from "../../shared/clock.ts";
import { safeName } from "../../reports/recordings/recording-page.ts";
import { isPlaying, loops, speed, speeds, togglePlay } from "../state/playback.ts";
import { playheadSec, type Recording } from "../state/recordings.ts";
import { selection, showAll, view, zoom } from "../state/view.ts";
import { strings } from "../strings.ts";
import { NeutralButton } from "./neutral-button.tsx";
import { SaveButtons } from "./save-page.tsx";
import { stateOf } from "./recording-list.tsx";

const { player } = strings;

const middle = (): number => (view.peek().startSec + view.peek().endSec) / 2;

/** Name, state and playback of a recording. */
export function Controls({ recording }: { readonly recording: Recording }): JSX.Element {
  const state = recording.state.value;
  const isReady = recording.wav.value !== null;
  return (
    <section class="controls">
      <div class="title">
        <h1>
          <bdi>{safeName(recording.name)}</bdi>
        </h1>
        <p class="muted" role="status">
          {state.step === "failed" ? "" : stateOf(recording)}
        </p>
        {state.step === "analyzing" && (
          <progress
            value={state.doneSec}
            max={recording.durationSec}
            aria-label={stateOf(recording)}
          />
        )}
      </div>
      {state.step === "failed" && (
        <p class="banner" role="alert">
          {state.message}
        </p>
      )}
      {recording.analysis.value?.warnings.map((warning) => (
        <p key={warning} class="note">
          <bdi>{warning}</bdi>
        </p>
      ))}
      <div class="player">
        <button type="button" class="button main" disabled={!isReady} onClick={togglePlay}>
          {isPlaying.value ? `❚❚ ${player.pause}` : `▶ ${player.play}`}
        </button>
        <Time durationSec={recording.durationSec} />
        <label>
          <span class="hidden">{player.speed}</span>
          <select
            value={speed.value}
            onChange={({ currentTarget }) => (speed.value = speeds[currentTarget.selectedIndex]!)}
          >
            {speeds.map((each) => (
              <option key={each} value={each}>
                {each}×
              </option>
            ))}
          </select>
        </label>
        <button
          type="button"
          aria-pressed={loops.value}
          disabled={selection.value === null}
          onClick={() => (loops.value = !loops.value)}
        >
          {player.loop}
        </button>
        <NeutralButton recording={recording} />
        <SaveButtons recording={recording} />
        <span class="zoom">
          <button type="button" aria-label={player.zoomOut} onClick={() => zoom(0.5, middle())}>
            −
          </button>
          <button type="button" onClick={showAll}>
            {player.fit}
          </button>
          <button type="button" aria-label={player.zoomIn} onClick={() => zoom(2, middle())}>
            +
          </button>
        </span>
      </div>
    </section>
  );
}

function Time({ durationSec }: { readonly durationSec: number }): JSX.Element {
  return (
    <span class="time">
      {clock(playheadSec.value)} <span class="muted">/ {clock(durationSec)}</span>
    </span>
  );
}
