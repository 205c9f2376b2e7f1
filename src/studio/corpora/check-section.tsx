import type { JSX } from "preact";
import type { CheckResult } from "../../server/api.ts";
import { PlayButton } from "../api/play-button.tsx";
import { strings } from "../strings.ts";
import { checks } from "./checks.ts";

const texts = strings.corpora;

/** Findings are shown up to this count; `undertone dataset check --json` has all. */
const shownFindings = 500;

/** Decodes all clips of a corpus when asked to, and shows what is wrong with them. */
export function CheckSection({ corpusId }: { readonly corpusId: string }): JSX.Element {
  const state = checks.of(corpusId).value;
  const isChecking = state.is === "checking";
  const progress = isChecking ? state.progress : null;
  return (
    <section>
      <h3>{texts.check}</h3>
      <p class="lead">{texts.checkLead}</p>
      <div class="tools">
        <button
          type="button"
          onClick={() => (isChecking ? checks.cancel(corpusId) : checks.start(corpusId))}
        >
          {isChecking ? texts.cancel : texts.startCheck}
        </button>
        {progress && (
          <>
            <progress
              value={progress.done}
              max={progress.total}
              aria-label={texts.checking(progress.done, progress.total)}
            />
            <span>{texts.checking(progress.done, progress.total)}</span>
          </>
        )}
      </div>
      {state.is === "failed" && (
        <p class="problem" role="alert">
          {state.message}
        </p>
      )}
      {state.is === "done" && <Findings corpusId={corpusId} result={state.result} />}
    </section>
  );
}

interface FindingsProps {
  readonly corpusId: string;
  readonly result: CheckResult;
}

function Findings({ corpusId, result: { findings, picture } }: FindingsProps): JSX.Element {
  return (
    <>
      <p aria-live="polite">
        {findings.length === 0 ? texts.clean : texts.findings(findings.length)}
      </p>
      {findings.length > 0 && (
        <div class="wide scroll" tabIndex={0} role="region" aria-label={texts.check}>
          <table>
            <thead>
              <tr>
                <th scope="col">{texts.kind}</th>
                <th scope="col">{texts.clips}</th>
                <th scope="col">{texts.detail}</th>
              </tr>
            </thead>
            <tbody>
              {findings.slice(0, shownFindings).map(({ kind, severity, clips, detail }) => (
                <tr key={`${kind} ${clips.join(" ")} ${detail}`}>
                  <th scope="row" class={severity}>
                    {kind}
                  </th>
                  <td>
                    {clips.map((clip) => (
                      <span key={clip} class="sound">
                        <PlayButton sound={{ corpusId, clipId: clip }} name={clip} />
                        <code>{clip}</code>
                      </span>
                    ))}
                  </td>
                  <td>{detail}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      <img
        class="picture"
        alt={texts.picture}
        src={`data:image/svg+xml;charset=utf-8,${encodeURIComponent(picture)}`}
      />
    </>
  );
}
