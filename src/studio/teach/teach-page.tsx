import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { strings } from "../strings.ts";
import { ClassTable } from "./class-table.tsx";
import { LearningCurve } from "./learning-curve.tsx";
import { TaughtResult } from "./taught-result.tsx";
import { encoderNames, taughtKinds } from "./taught-clip.ts";
import type { TeachEvent } from "./teach-event.ts";
import { teaching } from "./teaching.ts";

const texts = strings.teach;

/** Labels in, a model out: all of it in the page. */
export function TeachPage(): JSX.Element {
  useEffect(() => void teaching.open(), []);
  const problem = teaching.problem.value;
  const model = teaching.model.value;
  return (
    <div class="teach">
      <header>
        <h1>{texts.title}</h1>
        <p class="muted">{texts.lead}</p>
      </header>
      {problem !== null && (
        <p class="banner" role="alert">
          {problem}
        </p>
      )}
      <ClassTable />
      <section class="card" aria-label={texts.training}>
        <h2>{texts.training}</h2>
        <Settings />
        <Training />
      </section>
      {model !== null && <TaughtResult model={model} />}
    </div>
  );
}

function Settings(): JSX.Element {
  const isBusy = teaching.state.value.is !== "idle";
  const kind = teaching.kind.value;
  return (
    <fieldset class="settings" disabled={isBusy}>
      <label>
        {texts.kind}
        <select
          value={kind}
          onChange={({ currentTarget }) => {
            teaching.kind.value = taughtKinds[currentTarget.selectedIndex]!;
          }}
        >
          {taughtKinds.map((each) => (
            <option key={each} value={each}>
              {texts.kinds[each]}
            </option>
          ))}
        </select>
      </label>
      {kind === "linear-probe" ? (
        <label>
          {texts.encoder}
          <select
            value={teaching.encoder.value}
            onChange={({ currentTarget }) => {
              teaching.encoder.value = encoderNames[currentTarget.selectedIndex]!;
            }}
          >
            {encoderNames.map((each) => (
              <option key={each} value={each}>
                {texts.encoders[each]}
              </option>
            ))}
          </select>
        </label>
      ) : (
        <label>
          {texts.epochs}
          <input
            type="number"
            min={1}
            max={500}
            value={teaching.epochs.value}
            onChange={({ currentTarget }) => teaching.setEpochs(currentTarget.valueAsNumber)}
          />
        </label>
      )}
      <label>
        {texts.name}
        <input
          value={teaching.name.value}
          maxLength={40}
          onChange={({ currentTarget }) => {
            teaching.setName(currentTarget.value);
            currentTarget.value = teaching.name.peek();
          }}
        />
      </label>
    </fieldset>
  );
}

function Training(): JSX.Element {
  const state = teaching.state.value;
  const isTraining = state.is === "training";
  return (
    <>
      <div class="buttons">
        {isTraining ? (
          <button type="button" onClick={() => void teaching.cancel()}>
            {texts.cancel}
          </button>
        ) : (
          <button
            type="button"
            class="main"
            disabled={state.is !== "idle"}
            onClick={() => void teaching.train()}
          >
            {texts.train}
          </button>
        )}
        <span role="status">{isTraining ? progressOf(state.event) : ""}</span>
      </div>
      <LearningCurve points={teaching.curve.value} />
      <p class="muted">{texts.rule}</p>
    </>
  );
}

/** Returns where a training stands, in words. */
function progressOf(event: TeachEvent): string {
  if (event.stage === "start") return texts.starting;
  if (event.stage === "download") return texts.downloading(event.done, event.total);
  if (event.stage === "features") return texts.features(event.done, event.total);
  if (event.stage === "fit") return texts.fit(event.done + 1, event.total);
  return texts.epoch(event.epoch, event.epochs, event.clipsPerSec);
}
