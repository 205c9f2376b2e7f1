import type { JSX } from "preact";
import { metricsIn, percent } from "../../evaluation/metrics.ts";
import { verdictOf } from "../../evaluation/paired-differences.ts";
import type { Comparison as Compared, FoldProgress } from "../../server/api.ts";
import { api } from "../api/client.ts";
import { useLoaded } from "../api/use-loaded.ts";
import { strings } from "../strings.ts";
import { Curves } from "./curves.tsx";
import { overlayOf } from "./curves-of.ts";
import { EstimateBar } from "./estimate.tsx";

const texts = strings.runs;

/** Runs over each other: their curves, and the differences of their scores where they were tested on the same clips. */
export function Comparison({ runIds }: { readonly runIds: readonly string[] }): JSX.Element {
  const key = runIds.join("\n");
  const curves = useLoaded(() => Promise.all(runIds.map(foldsOf)), key);
  const compared = useLoaded(() => api.compare(runIds), key);
  return (
    <section class="comparison" aria-live="polite">
      <h2>{texts.comparison}</h2>
      {curves.problem !== undefined && <p class="problem">{curves.problem}</p>}
      {curves.data && <Overlay runs={curves.data} />}
      {compared.problem !== undefined && <p class="problem">{compared.problem}</p>}
      {!compared.data && compared.problem === undefined && (
        <p class="lead">{strings.local.loading}</p>
      )}
      {compared.data && <Differences comparison={compared.data} runIds={runIds} />}
    </section>
  );
}

interface NamedFolds {
  readonly name: string;
  readonly folds: readonly FoldProgress[];
}

async function foldsOf(runId: string): Promise<NamedFolds> {
  return { name: runId, folds: (await api.progress(runId)).folds };
}

function Overlay({ runs }: { readonly runs: readonly NamedFolds[] }): JSX.Element | null {
  const trained = runs.filter(({ folds }) => folds.some(({ epochs }) => epochs.length > 0));
  if (trained.length === 0) return null;
  const recall = overlayOf(trained, "unweightedAverageRecall");
  const hasRecall = recall.some(({ values }) => values.some((value) => value !== undefined));
  return (
    <>
      <h3>{texts.overlay}</h3>
      <div class="figures">
        <Curves title={texts.loss} curves={overlayOf(trained, "loss")} />
        {hasRecall && <Curves title={texts.recall} curves={recall} />}
      </div>
    </>
  );
}

/** Half of the axis of differences, unless one is larger. */
const leastReach = 0.1;

interface DifferencesProps {
  readonly comparison: Compared;
  /** Of `comparison.runs`. */
  readonly runIds: readonly string[];
}

function Differences({ comparison, runIds }: DifferencesProps): JSX.Element {
  const { differences, runs, warnings } = comparison;
  const ids = new Map(runs.map(({ name }, n) => [name, runIds[n]!]));
  const shown = metricsIn("comparison");
  const recalls = differences.map(({ unweightedAverageRecall: recall }) => recall);
  const reach = Math.max(
    leastReach,
    ...recalls.flatMap(({ value, low = value, high = value }) => [Math.abs(low), Math.abs(high)]),
  );
  return (
    <>
      <h3>{texts.differences(runIds[0]!)}</h3>
      <div class="wide">
        <table>
          <thead>
            <tr>
              <th scope="col">{texts.columns.run}</th>
              <th scope="col">{texts.columns.score}</th>
              <th scope="col" />
              {shown.slice(1).map(({ key, abbreviation }) => (
                <th key={key} scope="col" class="number">
                  {abbreviation}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {differences.map((difference) => {
              const verdict = verdictOf(difference.unweightedAverageRecall);
              return (
                <tr key={difference.first}>
                  <th scope="row">{ids.get(difference.first)}</th>
                  <td>
                    <EstimateBar
                      estimate={difference.unweightedAverageRecall}
                      format={signed}
                      from={-reach}
                      to={reach}
                    />
                  </td>
                  <td>
                    {verdict && <span class={`chip ${verdict}`}>{texts.verdicts[verdict]}</span>}
                  </td>
                  {shown.slice(1).map(({ key }) => (
                    <td key={key} class="number">
                      {signed(difference[key].value)}
                    </td>
                  ))}
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
      {warnings.map((warning) => (
        <p key={warning} class="problem">
          {warning}
        </p>
      ))}
    </>
  );
}

function signed(value: number): string {
  const text = percent(value);
  return value > 0 ? `+${text}` : text.replace("-", "−");
}
