import { noIntervalReason, type Estimate } from "../../evaluation/bootstrap.ts";
import { scatterChart } from "../../evaluation/charts/scatter.ts";
import { estimateText } from "../../evaluation/estimates.ts";
import { dimensionMetrics } from "../../evaluation/metrics.ts";
import type { EvaluatedDimensions } from "../../runs/evaluate-dimension-run.ts";
import { isLeaky } from "../../runs/evaluate-run.ts";
import { figure, table } from "./figure.ts";
import { leakyBanner, sentenceOf, splitSentence } from "./headline.ts";
import { html, type Html } from "./html.ts";
import { learningCurvesSection } from "./learning-curves.ts";
import { renderPage, runFooter } from "./page.ts";
import { reproduceSection } from "./reproduce.ts";
import type { ReportInput } from "./report.ts";

/** Returns the report of a run that predicts dimensions. */
export function renderDimensionReport(
  run: EvaluatedDimensions,
  facts: ReportInput["facts"],
): string {
  const { info, folds } = run;
  const curves = folds.map(({ fold, epochs, state: { bestEpoch } }) => ({
    fold,
    epochs,
    bestEpoch,
  }));
  return renderPage({
    title: `${info.name}: ${namesOf(run)} on ${info.corpus}`,
    header: headline(run),
    sections: [
      dimensionSection(run),
      learningCurvesSection(curves),
      reproduceSection({ ...info, facts }, foldTable(run)),
    ],
    footer: runFooter,
  });
}

const namesOf = ({ dimensions }: EvaluatedDimensions): string =>
  dimensions.map(({ name }) => name).join(", ");

function headline(run: EvaluatedDimensions): Html {
  const { info, scores, warnings } = run;
  const { concordance, clips, speakers } = scores;
  const leaky = isLeaky(info.protocol);
  return html`<header>
    <p class="kicker">Speech emotion recognition: evaluation report</p>
    <h1>${info.name}</h1>
    <p class="lead">
      ${info.corpus} · protocol <b>${info.protocol}</b> · ${clips} test clips of ${speakers}
      speakers · ${namesOf(run)}
    </p>
    ${leaky ? leakyBanner : undefined}
    ${warnings.map((warning) => html`<p class="banner" role="note">${warning}</p>`)}
    <div class="headline">
      <div>
        <p class="what">Concordance correlation coefficient (CCC), mean over dimensions</p>
        <p class="score">${concordance.value.toFixed(3)}</p>
        <p class="interval">${intervalSentence(concordance, speakers)}</p>
      </div>
      <dl class="numbers">
        ${scores.dimensions.map(
          ({ name, concordance: { value } }) =>
            html`<div>
              <dt>CCC of ${name}</dt>
              <dd>${value.toFixed(3)}</dd>
            </div>`,
        )}
      </dl>
    </div>
    <p class="lead splits">
      CCC is 1 where every prediction equals its rating and 0 where they have nothing in common.
      ${splitSentence({ leaky, textOnly: false, trainedOn: info.tested?.trainedOn })}
    </p>
  </header>`;
}

function intervalSentence({ low, high }: Estimate, speakers: number): string {
  return low === undefined || high === undefined
    ? sentenceOf(noIntervalReason(speakers) ?? "every draw of speakers scores the same")
    : `95 % interval ${low.toFixed(3)} to ${high.toFixed(3)}, bootstrap over ${speakers} speakers`;
}

/** Returns scores and scatter plot of each dimension. */
function dimensionSection({ scores, dimensions, test }: EvaluatedDimensions): Html {
  return html`<section>
    <h2>Results per dimension</h2>
    ${table({
      caption: "With 95 % intervals, where there are 5 speakers",
      header: ["dimension", "scale", ...dimensionMetrics.map(({ abbreviation }) => abbreviation)],
      rows: dimensions.map(({ name, low, high }, index) => [
        name,
        `${low} to ${high}`,
        ...dimensionMetrics.map(({ key, format }) =>
          estimateText(scores.dimensions[index]![key], format),
        ),
      ]),
    })}
    <div class="figures">
      ${dimensions.map((scale, index) =>
        figure(
          `Predicted over true ${scale.name}`,
          "One dot a test clip; on the dashed line the prediction equals the rating.",
          scatterChart(
            scale,
            test.map(({ actual, predicted }) => ({
              actual: actual[index]!,
              predicted: predicted[index]!,
            })),
          ),
        ),
      )}
    </div>
  </section>`;
}

const foldTable = ({ folds }: EvaluatedDimensions): Html =>
  table({
    caption: "Folds",
    header: ["fold", "clips", "epochs", "best epoch", "minutes"],
    rows: folds.map(({ fold, test, epochs, state }) => [
      fold,
      test.length,
      epochs.length,
      state.bestEpoch ?? "–",
      (state.seconds / 60).toFixed(1),
    ]),
  });
