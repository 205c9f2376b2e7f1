import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { RunProgress } from "../../server/api.ts";
import { api } from "../api/client.ts";
import { strings } from "../strings.ts";

const texts = strings.runs;

interface RunTrainingProps {
  readonly runId: string;
  readonly progress: RunProgress;
  /** Called when a training has been told to stop or to go on. */
  readonly onChange: () => void;
}

/** Stops and resumes a run, and shows what its training prints. */
export function RunTraining({ runId, progress, onChange }: RunTrainingProps): JSX.Element | null {
  const { status, training } = progress;
  const [problem, setProblem] = useState("");
  if (status === "finished" && !training) return null;
  const ask = (act: (id: string) => Promise<unknown>) => (): void => {
    setProblem("");
    act(runId).then(onChange, (error: unknown) =>
      setProblem(String(error instanceof Error ? error.message : error)),
    );
  };
  const failed = training?.state === "ended" && training.exitCode !== 0;
  return (
    <section class="training">
      {status === "running" && (
        <button type="button" disabled={training?.state === "stopping"} onClick={ask(api.stop)}>
          {training?.state === "stopping" ? texts.stopping : texts.stop}
        </button>
      )}
      {status === "stopped" && (
        <button type="button" onClick={ask(api.resume)}>
          {texts.resume}
        </button>
      )}
      {problem !== "" && (
        <p class="problem" role="alert">
          {problem}
        </p>
      )}
      {failed && <p class="problem">{texts.ended(training.exitCode)}</p>}
      {training && (
        <details open={status === "running" || failed}>
          <summary>{texts.log}</summary>
          <pre tabIndex={0}>{training.log.slice(-40).join("\n")}</pre>
        </details>
      )}
    </section>
  );
}
