import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { percent } from "../../evaluation/metrics.ts";
import type { FoldProgress, RunDetails, RunProgress } from "../../server/api.ts";
import { api, followRun } from "../api/client.ts";
import { useLoaded } from "../api/use-loaded.ts";
import { strings } from "../strings.ts";
import { Curves } from "./curves.tsx";
import { curvesOf } from "./curves-of.ts";
import { DimensionScores } from "./dimension-scores.tsx";
import { RunScores } from "./run-scores.tsx";
import { RunTraining } from "./run-training.tsx";
import { StatusChip } from "./status-chip.tsx";

const texts = strings.runs;

/** One run: how far it is, live while it trains, and what came out. */
export function RunView({ runId }: { readonly runId: string }): JSX.Element {
  const [progress, setProgress] = useState<RunProgress | null>(null);
  const [followed, setFollowed] = useState(0);
  useEffect(() => followRun(runId, setProgress), [runId, followed]);
  const done = progress?.folds.filter(({ finished }) => finished).length;
  const state = `${runId} ${progress?.status} ${progress?.folds.length} ${done}`;
  const { data, problem } = useLoaded(() => api.run(runId), state);
  const details = data?.id === runId ? data : undefined;
  const shown = progress ?? details?.progress;
  return (
    <article class="local run">
      <a href="#runs">← {strings.local.back}</a>
      <h1>{runId}</h1>
      {details && <Facts details={details} />}
      {shown && <StatusChip status={shown.status} />}
      {shown && (
        <RunTraining
          runId={runId}
          progress={shown}
          onChange={() => setFollowed((count) => count + 1)}
        />
      )}
      {/* Of a training that has just begun there is nothing to read. */}
      {problem !== undefined && !shown?.training && <p class="problem">{problem}</p>}
      {shown && <LearningCurves folds={shown.folds} />}
      {details?.evaluation &&
        ("labels" in details.evaluation ? (
          <RunScores runId={runId} evaluation={details.evaluation} />
        ) : (
          <DimensionScores evaluation={details.evaluation} />
        ))}
      {details && <Reproduce details={details} />}
    </article>
  );
}

function Facts({ details: { info } }: { readonly details: RunDetails }): JSX.Element {
  const { corpus, protocol, seed } = info;
  return (
    <p class="lead">
      {[
        texts.testedOn(corpus, protocol),
        texts.seed(seed),
        new Date(info.startedAt).toLocaleString(),
      ].join(" · ")}
    </p>
  );
}

function LearningCurves({ folds }: { readonly folds: readonly FoldProgress[] }): JSX.Element {
  const trained = folds.filter(({ epochs }) => epochs.length > 0);
  if (trained.length === 0)
    return <p class="lead">{folds.some(({ finished }) => finished) ? "" : texts.noEpochs}</p>;
  const recall = curvesOf(folds, "unweightedAverageRecall");
  const last = trained.at(-1)!;
  const epoch = last.epochs.at(-1)!;
  const score = epoch.validation?.unweightedAverageRecall;
  return (
    <section>
      <h2>{texts.curves}</h2>
      <div class="figures">
        <Curves title={texts.loss} curves={curvesOf(folds, "loss")} />
        {recall.length > 0 && <Curves title={texts.recall} curves={recall} />}
      </div>
      <p class="lead" aria-live="polite">
        {texts.lastEpoch(
          last.fold,
          epoch.epoch,
          score === undefined
            ? texts.epochLoss(epoch.validation?.loss.toFixed(3) ?? "–")
            : `UAR ${percent(score)} %`,
        )}
      </p>
    </section>
  );
}

const listOf = (facts: Readonly<Record<string, string | number>>): string =>
  Object.entries(facts)
    .map((fact) => fact.join(" "))
    .join(", ");

function Reproduce({ details: { folder, info } }: { readonly details: RunDetails }): JSX.Element {
  return (
    <section>
      <h2>{texts.reproduce}</h2>
      <dl class="facts">
        <dt>{texts.folder}</dt>
        <dd>
          <code>{folder}</code>
        </dd>
        <dt>{texts.command}</dt>
        <dd>
          <code>{info.command}</code>
        </dd>
        <dt>{texts.machine}</dt>
        <dd>{listOf(info.machine)}</dd>
        <dt>{texts.versions}</dt>
        <dd>{listOf(info.versions)}</dd>
      </dl>
      <details>
        <summary>{texts.recipe}</summary>
        <pre tabIndex={0}>{JSON.stringify(info.recipe, undefined, 2)}</pre>
      </details>
    </section>
  );
}
