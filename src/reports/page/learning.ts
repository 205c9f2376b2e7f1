import { learningCurvesChart, type Curve } from "../../evaluation/charts/learning-curves.ts";
import { html, Html } from "./html.ts";
import type { ReportFold } from "./report.ts";

const measures = [
  {
    name: "Loss",
    key: "loss",
    scale: "loss",
    caption: "What training makes smaller; validation rising while training falls is overfitting.",
  },
  {
    name: "Unweighted average recall",
    key: "unweightedAverageRecall",
    scale: "score",
    caption:
      "The headline score after each epoch; a gap between the lines is what did not carry over to new clips.",
  },
] as const;

/** Training and validation curves: all folds together, and each by itself. */
export function learningSection(folds: readonly ReportFold[]): Html {
  const learnt = folds.filter(({ epochs }) => epochs.length > 0);
  if (learnt.length === 0) return html``;
  const several = learnt.length > 1;
  return html`<section>
    <h2>How it learnt</h2>
    <p>
      <span class="key train"></span> training, <span class="key validation"></span> validation, on
      clips kept apart for choosing the
      model${several ? ": the mean of the folds in bold, each fold faint" : ""}.
      ${several ? undefined : bestNote(learnt[0]!)}
    </p>
    <div class="figures">
      ${measures.map((measure) => figure(measure.name, measure.caption, chart(learnt, measure)))}
    </div>
    ${several ? eachFold(learnt) : undefined}
  </section>`;
}

const bestNote = ({ bestEpoch }: ReportFold): Html | undefined =>
  bestEpoch === undefined
    ? undefined
    : html`<span class="key mark"></span> the epoch whose weights were kept (${bestEpoch}).`;

function eachFold(folds: readonly ReportFold[]): Html {
  return html`<details>
    <summary>Each of the ${folds.length} folds by itself</summary>
    <p><span class="key mark"></span> the epoch whose weights were kept.</p>
    ${measures.map(
      (measure) =>
        html`<h3>${measure.name}</h3>
          <div class="figures small">
            ${folds.map((fold) =>
              figure(`Fold ${fold.fold}`, undefined, chart([fold], measure, 260)),
            )}
          </div>`,
    )}
  </details>`;
}

function chart(
  folds: readonly ReportFold[],
  { name, scale, key }: (typeof measures)[number],
  width?: number,
): Html {
  const curves = folds.map(({ fold, epochs, bestEpoch }): Curve => ({
    fold,
    bestEpoch,
    points: epochs.map(({ epoch, train, validation }) => ({
      epoch,
      train: train[key],
      validation: validation?.[key],
    })),
  }));
  const description = `${name} over epochs, in training and validation.`;
  return new Html(learningCurvesChart(description, curves, { scale, ...(width && { width }) }));
}

function figure(title: string, caption: string | undefined, svg: Html): Html {
  return html`<figure>
    <figcaption>
      <h3>${title}</h3>
      ${caption}
    </figcaption>
    ${svg}
  </figure>`;
}
