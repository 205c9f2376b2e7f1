import type { JSX } from "preact";
import { signal } from "@preact/signals";
import { clock } from "../../shared/clock.ts";
import type { Segment } from "../../web/index.ts";
import { sentenceOf } from "../sentences.ts";
import { models } from "../state/models.ts";
import { openSoundFile } from "../state/open-recording.ts";
import { strings } from "../strings.ts";
import { microphones, startRecording, type LiveRecording } from "./microphone.ts";

const { recorder } = strings;

export const isRecorderOpen = signal(false);

const devices = signal<readonly MediaDeviceInfo[]>([]);
const deviceId = signal<string | undefined>(undefined);
const recording = signal<LiveRecording | null>(null);
const isStarting = signal(false);
const problem = signal<string | null>(null);
const level = signal(0);
const capturedSec = signal(0);
const delayMs = signal<number | null>(null);
const finals = signal<readonly Segment[]>([]);
const partial = signal<Segment | null>(null);

export function openRecorder(): void {
  isRecorderOpen.value = true;
  problem.value = null;
  void microphones().then((found) => (devices.value = found));
}

async function start(): Promise<void> {
  problem.value = null;
  isStarting.value = true;
  [finals.value, partial.value, capturedSec.value, delayMs.value] = [[], null, 0, null];
  try {
    await models.ready();
    recording.value = await startRecording({
      deviceId: deviceId.peek(),
      onLevel: (block) => {
        level.value = block.peak;
        capturedSec.value = block.capturedSec;
      },
      onSegment: ({ type, segment }) => {
        delayMs.value = Math.max(0, Math.round(1000 * (capturedSec.peek() - segment.endSec)));
        if (type === "final") finals.value = [...finals.peek(), segment];
        partial.value = type === "partial" ? segment : null;
      },
    });
    devices.value = await microphones();
  } catch (error) {
    problem.value = sentenceOf(error);
  }
  isStarting.value = false;
}

async function stop(): Promise<void> {
  const live = recording.peek();
  recording.value = null;
  if (live === null) return;
  try {
    const { wav, problem: failure } = await live.stop();
    isRecorderOpen.value = failure !== null;
    problem.value = failure;
    const now = new Date();
    const time = now.toTimeString().slice(0, 8).replaceAll(":", "-");
    await openSoundFile(wav, `${recorder.name(time)}.wav`);
  } catch (error) {
    problem.value = sentenceOf(error);
  }
}

/** Microphone, level, and what is recognized while a person speaks. */
export function RecorderPanel(): JSX.Element {
  const isOn = recording.value !== null;
  return (
    <section class="recorder" aria-label={recorder.title}>
      <div class="player">
        <label>
          {recorder.microphone}{" "}
          <select
            disabled={isOn}
            onChange={({ currentTarget }) => {
              deviceId.value = devices.value[currentTarget.selectedIndex - 1]?.deviceId;
            }}
          >
            <option>{recorder.standard}</option>
            {devices.value.map((device) => (
              <option key={device.deviceId}>{device.label || recorder.microphone}</option>
            ))}
          </select>
        </label>
        {isOn ? (
          <button type="button" class="button main" onClick={() => void stop()}>
            ■ {recorder.stop}
          </button>
        ) : (
          <button
            type="button"
            class="button main"
            disabled={isStarting.value}
            onClick={() => void start()}
          >
            <span class="record-dot" aria-hidden="true" /> {recorder.start}
          </button>
        )}
        {!isOn && (
          <button type="button" onClick={() => (isRecorderOpen.value = false)}>
            {recorder.cancel}
          </button>
        )}
        <Level />
      </div>
      {problem.value !== null && (
        <p class="banner" role="alert">
          {problem.value}
        </p>
      )}
      {isOn && <LiveSegments />}
    </section>
  );
}

function Level(): JSX.Element {
  const decibels = 20 * Math.log10(Math.max(1e-3, level.value));
  return (
    <span class="level">
      <meter aria-label={recorder.level} min={-60} max={0} high={-3} value={decibels} />
      <span class="time">{clock(capturedSec.value)}</span>
      {delayMs.value !== null && <small class="muted">{recorder.delay(delayMs.value)}</small>}
    </span>
  );
}

function LiveSegments(): JSX.Element {
  const now = partial.value;
  const isSilent = now === null && level.value < 0.01;
  return (
    <ol class="live" aria-label={recorder.live} aria-live="polite">
      {finals.value
        .filter(({ emotion }) => emotion !== null)
        .map((segment, n) => (
          <LiveLine key={n} segment={segment} />
        ))}
      {now !== null && now.emotion !== null ? (
        <LiveLine segment={now} isPartial />
      ) : (
        <li class="partial">{isSilent ? recorder.silence : recorder.listening}</li>
      )}
    </ol>
  );
}

interface LineProps {
  readonly segment: Segment;
  readonly isPartial?: boolean;
}

function LiveLine({ segment, isPartial = false }: LineProps): JSX.Element {
  const { startSec, endSec, emotion, confidence, abstained, text } = segment;
  const what =
    abstained === "out-of-distribution"
      ? recorder.noise
      : `${emotion} ${Math.round(100 * (confidence ?? 0))} %`;
  return (
    <li class={isPartial ? "partial" : "final"}>
      <span class="time">
        {clock(startSec)} – {clock(endSec)}
      </span>{" "}
      <strong>{what}</strong> {text}
      {isPartial && <small class="muted"> {recorder.provisional}</small>}
    </li>
  );
}
