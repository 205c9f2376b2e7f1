import { percent } from "../../evaluation/metrics.ts";
import { table } from "./figure.ts";
import { html, type Html } from "./html.ts";
import type { ReportFold, ReportInput } from "./report.ts";

/** Returns the command, the facts and the recipe that reproduce the run, around a table of its folds. */
export function reproduceSection(
  { command, facts, recipe }: Pick<ReportInput, "command" | "facts" | "recipe">,
  folds: Html,
): Html {
  return html`<section>
    <h2>Reproduce this run</h2>
    <pre><code>${command}</code></pre>
    <dl class="facts">
      ${facts.map(
        ([name, value]) =>
          html`<dt>${name}</dt>
            <dd>${value}</dd>`,
      )}
    </dl>
    ${folds}
    <details>
      <summary>The resolved recipe, with all defaults</summary>
      <pre><code>${JSON.stringify(recipe, undefined, 2)}</code></pre>
    </details>
  </section>`;
}

/** Returns a table of the results of each fold. */
export const foldTable = (folds: readonly ReportFold[]): Html =>
  table({
    caption: "Results per fold",
    header: [
      "fold",
      "UAR",
      "accuracy",
      "clips",
      "epochs",
      "best epoch",
      "temperature",
      "minutes",
      "test speakers",
    ],
    rows: folds.map((fold) => [
      fold.fold,
      percent(fold.unweightedAverageRecall),
      percent(fold.accuracy),
      fold.clips,
      fold.epochs.length,
      fold.bestEpoch ?? "–",
      fold.temperature.toFixed(2),
      (fold.seconds / 60).toFixed(1),
      speakers(fold.testSpeakers),
    ]),
  });

const speakers = (ids: readonly string[]): string =>
  ids.length > 8 ? `${ids.length} speakers` : ids.join(" ");
