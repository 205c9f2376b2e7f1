import type { JSX } from "preact";
import { percent } from "../../evaluation/metrics.ts";
import type { RunRow, RunScores } from "../../server/api.ts";
import { hashOf } from "../api/route.ts";
import { strings } from "../strings.ts";
import { EstimateBar } from "./estimate.tsx";
import { StatusChip } from "./status-chip.tsx";

const texts = strings.runs;

interface RunListProps {
  readonly runs: readonly RunRow[];
  readonly order: "latest" | "leaderboard";
  readonly selected: ReadonlySet<string>;
  readonly onSelect: (runId: string, isSelected: boolean) => void;
}

/** The runs as one table, or on the leaderboard a table for each test, best UAR first. */
export function RunList({ runs, order, selected, onSelect }: RunListProps): JSX.Element {
  const rows = (some: readonly RunRow[]): JSX.Element => (
    <RunTable runs={some} selected={selected} onSelect={onSelect} />
  );
  if (order === "latest") return rows(runs);
  return (
    <>
      {[...byTest(runs)].map(([test, some]) => (
        <section key={test}>
          <h2>{test}</h2>
          {rows(some)}
        </section>
      ))}
    </>
  );
}

const scoreOf = ({ scores }: RunRow): number =>
  (scores?.unweightedAverageRecall ?? scores?.concordance)?.value ?? 0;

/** Finished runs by what they were tested on, most runs first; only these compare. */
export function byTest(runs: readonly RunRow[]): Map<string, RunRow[]> {
  const tests = new Map<string, RunRow[]>();
  for (const run of runs) {
    if (!run.info || !run.scores || run.status !== "finished") continue;
    const { corpus, protocol, labels, dimensions } = run.info;
    const predicted =
      dimensions?.map(({ name }) => name).join(" + ") ?? texts.labels(labels.length);
    const test = [corpus, protocol, predicted].join(", ");
    tests.set(test, [...(tests.get(test) ?? []), run]);
  }
  const ranked = [...tests].map(([test, some]): [string, RunRow[]] => [
    test,
    some.toSorted((a, b) => scoreOf(b) - scoreOf(a)),
  ]);
  return new Map(ranked.toSorted(([, a], [, b]) => b.length - a.length));
}

function RunTable({ runs, selected, onSelect }: Omit<RunListProps, "order">): JSX.Element {
  const { columns } = texts;
  return (
    <div class="wide" tabIndex={0} role="region" aria-label={texts.title}>
      <table class="runs">
        <thead>
          <tr>
            <th scope="col">
              <span class="hidden">{texts.compareHint}</span>
            </th>
            <th scope="col">{columns.run}</th>
            <th scope="col">{columns.status}</th>
            <th scope="col">{columns.test}</th>
            <th scope="col">{columns.score}</th>
            <th scope="col" class="number">
              {columns.accuracy}
            </th>
            <th scope="col" class="number">
              {columns.macroF1}
            </th>
            <th scope="col">{columns.started}</th>
          </tr>
        </thead>
        <tbody>
          {runs.map((run) => (
            <Row key={run.id} run={run} isSelected={selected.has(run.id)} onSelect={onSelect} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface RowProps extends Pick<RunListProps, "onSelect"> {
  readonly run: RunRow;
  readonly isSelected: boolean;
}

function Row({ run, isSelected, onSelect }: RowProps): JSX.Element {
  const { id, status, foldsDone, info, scores, problem } = run;
  return (
    <tr>
      <td>
        <input
          type="checkbox"
          aria-label={texts.select(id)}
          checked={isSelected}
          onChange={({ currentTarget }) => onSelect(id, currentTarget.checked)}
        />
      </td>
      <th scope="row">
        <a href={hashOf("runs", id)}>{id}</a>
        {info && <small>{[info.kind, texts.seed(info.seed)].join(" · ")}</small>}
        {problem !== undefined && <small class="problem">{problem}</small>}
      </th>
      <td>
        <StatusChip status={status} />
        {info && status !== "finished" && <small>{texts.folds(foldsDone, info.folds)}</small>}
      </td>
      <td>
        {info && texts.testedOn(info.corpus, info.protocol)}
        {info?.leaky && <small class="problem">{texts.leaky}</small>}
      </td>
      <td>{scores && <Score scores={scores} />}</td>
      <td class="number">{scores?.accuracy && percent(scores.accuracy.value)}</td>
      <td class="number">{scores?.macroF1 && percent(scores.macroF1.value)}</td>
      <td class="date">{info && new Date(info.startedAt).toLocaleString()}</td>
    </tr>
  );
}

function Score({ scores }: { readonly scores: RunScores }): JSX.Element | null {
  const recall = scores.unweightedAverageRecall;
  if (recall) return <EstimateBar estimate={recall} format={percent} from={0} to={1} />;
  const { concordance } = scores;
  if (!concordance) return null;
  return (
    <EstimateBar
      estimate={concordance}
      format={(value) => `CCC ${value.toFixed(3)}`}
      from={-1}
      to={1}
    />
  );
}
