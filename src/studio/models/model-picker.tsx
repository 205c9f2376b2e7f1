import type { JSX } from "preact";
import { effect } from "@preact/signals";
import { models } from "../state/models.ts";
import { analyzeAgain } from "../state/open-recording.ts";
import { strings } from "../strings.ts";
import { tolerance, type DeviceRefusal } from "../worker/checked-device.ts";
import type { ModelChoice } from "../worker/engine.ts";
import { KeptModels } from "./kept-models.tsx";

const { voices, transcribers } = strings.models;

const voiceNames = [
  "small",
  "default",
  "open",
  "taught",
] as const satisfies (keyof typeof voices)[];
const transcriberNames = [
  "none",
  "moonshine-tiny",
  "moonshine-base",
] as const satisfies (keyof typeof transcribers)[];

const deviceNames = ["wasm", "webgpu"] as const;

function refusalOf(refusal: DeviceRefusal): string {
  const { refusals } = strings.models;
  if (refusal.why === "differs") return refusals.differs(refusal.difference, tolerance);
  return refusal.why === "failed" ? `${refusals.failed} ${refusal.message}` : refusals[refusal.why];
}

function choose(choice: Partial<ModelChoice>): void {
  models.choose({ ...models.choice.peek(), ...choice });
  void models.ready().catch(() => undefined); // its state says what is wrong
  void analyzeAgain();
}

effect(() => {
  void models.ready().catch(() => undefined);
});

/** Threads in which the models run: more than one only where no other site may look into the page. */
const threads = (): number =>
  crossOriginIsolated ? Math.min(4, Math.ceil(navigator.hardwareConcurrency / 2)) : 1;

export function ModelPicker(): JSX.Element {
  const { model, transcriber, device } = models.choice.value;
  const state = models.state.value;
  return (
    <details class={`popover models ${state.is}`}>
      <summary>
        <span class="chosen">
          {strings.models.title}: {model}
          {transcriber === null ? "" : ` + ${transcriber}`}
        </span>
        <ModelProgress />
      </summary>
      <div>
        <label>
          {strings.models.voice}
          <select
            value={model}
            onChange={({ currentTarget }) =>
              choose({ model: voiceNames[currentTarget.selectedIndex]! })
            }
          >
            {voiceNames.map((name) => (
              <option key={name} value={name}>
                {voices[name]}
              </option>
            ))}
          </select>
        </label>
        <label>
          {strings.models.words}
          <select
            value={transcriber ?? "none"}
            onChange={({ currentTarget }) => {
              const name = transcriberNames[currentTarget.selectedIndex]!;
              choose({ transcriber: name === "none" ? null : name });
            }}
          >
            {transcriberNames.map((name) => (
              <option key={name} value={name}>
                {transcribers[name]}
              </option>
            ))}
          </select>
        </label>
        <label>
          {strings.models.device}
          <select
            value={device}
            onChange={({ currentTarget }) =>
              choose({ device: deviceNames[currentTarget.selectedIndex]! })
            }
          >
            {deviceNames.map((name) => (
              <option key={name} value={name}>
                {strings.models.devices[name]}
              </option>
            ))}
          </select>
        </label>
        {state.is === "ready" && state.refusal !== null && (
          <p class="note" role="status">
            {strings.models.stays} {refusalOf(state.refusal)}
          </p>
        )}
        <p class="muted">{strings.models.threads(threads(), crossOriginIsolated)}</p>
        <KeptModels />
      </div>
    </details>
  );
}

/** How far loading is, and what is wrong. */
function ModelProgress(): JSX.Element | null {
  const state = models.state.value;
  if (state.is === "ready") return null;
  if (state.is === "failed") return <span class="problem"> ⚠</span>;
  const { done = 0, total } = state.progress ?? {};
  return total === undefined ? null : <progress value={done} max={total} />;
}

/** What hinders the models, with a way to try again. */
export function ModelProblem(): JSX.Element | null {
  const state = models.state.value;
  if (state.is !== "failed") return null;
  return (
    <p class="banner" role="alert">
      <span>
        <strong>{strings.models.failed}</strong> {state.message}
      </span>
      <button type="button" onClick={() => choose({})}>
        {strings.models.again}
      </button>
    </p>
  );
}
