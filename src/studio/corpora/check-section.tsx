import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { CheckProgress, CheckResult } from "../../server/api.ts";
import { checkCorpus } from "../api/client.ts";
import { PlayButton } from "../api/play-button.tsx";
import { strings } from "../strings.ts";

const texts = strings.corpora;

/** Findings are shown up to this count; `undertone dataset check --json` has all. */
const shownFindings = 500;

/** Decodes all clips of a corpus when asked to, and shows what is wrong with them. */
export function CheckSection({ corpusId }: { readonly corpusId: string }): JSX.Element {
  const [isChecking, setChecking] = useState(false);
  const [progress, setProgress] = useState<CheckProgress | null>(null);
  const [result, setResult] = useState<CheckResult | null>(null);
  const [problem, setProblem] = useState("");
  useEffect(() => {
    if (!isChecking) return undefined;
    const end = (): void => {
      setChecking(false);
      setProgress(null);
    };
    return checkCorpus(corpusId, {
      onProgress: setProgress,
      onResult: (found) => {
        setResult(found);
        end();
      },
      onProblem: (message) => {
        setProblem(message);
        end();
      },
    });
  }, [isChecking]);
  const start = (): void => {
    setProblem("");
    setResult(null);
    setChecking(true);
  };
  return (
    <section>
      <h3>{texts.check}</h3>
      <p class="lead">{texts.checkLead}</p>
      <div class="tools">
        <button type="button" onClick={isChecking ? () => setChecking(false) : start}>
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
      {problem !== "" && (
        <p class="problem" role="alert">
          {problem}
        </p>
      )}
      {result && <Findings corpusId={corpusId} result={result} />}
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
