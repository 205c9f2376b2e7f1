import { percent } from "../../evaluation/charts/plot.ts";
import { html, type Html } from "./html.ts";
import type { ReportFold, ReportInput } from "./report.ts";

/** What it takes to run this again and get the same. */
export function repeatSection({ command, facts, recipe, folds }: ReportInput): Html {
  return html`<section>
    <h2>To repeat this run</h2>
    <pre><code>${command}</code></pre>
    <dl class="facts">
      ${facts.map(
        ([name, value]) =>
          html`<dt>${name}</dt>
            <dd>${value}</dd>`,
      )}
    </dl>
    ${foldTable(folds)}
    <details>
      <summary>The recipe, with every default written out</summary>
      <pre><code>${JSON.stringify(recipe, undefined, 2)}</code></pre>
    </details>
  </section>`;
}

function foldTable(folds: readonly ReportFold[]): Html {
  return html`<div class="wide">
    <table>
      <caption>
        Folds
      </caption>
      <thead>
        <tr>
          <th scope="col">fold</th>
          <th scope="col">UAR</th>
          <th scope="col">accuracy</th>
          <th scope="col">clips</th>
          <th scope="col">epochs</th>
          <th scope="col">kept</th>
          <th scope="col">temperature</th>
          <th scope="col">minutes</th>
          <th scope="col">test speakers</th>
        </tr>
      </thead>
      <tbody>
        ${folds.map(
          (fold) =>
            html`<tr>
              <th scope="row">${fold.fold}</th>
              <td>${percent(fold.unweightedAverageRecall)}</td>
              <td>${percent(fold.accuracy)}</td>
              <td>${fold.clips}</td>
              <td>${fold.epochs.length}</td>
              <td>${fold.bestEpoch ?? "–"}</td>
              <td>${fold.temperature.toFixed(2)}</td>
              <td>${(fold.seconds / 60).toFixed(1)}</td>
              <td>${speakers(fold.testSpeakers)}</td>
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

const speakers = (ids: readonly string[]): string =>
  ids.length > 8 ? `${ids.length} speakers` : ids.join(" ");
