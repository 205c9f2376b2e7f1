import { learningCurvesChart, type Curve } from "../../evaluation/charts/learning-curves.ts";
import { figure } from "./figure.ts";
import { html, type Html } from "./html.ts";
import type { ReportFold } from "./report.ts";

/** The epochs of a fold. */
type CurveFold = Pick<ReportFold, "fold" | "epochs" | "bestEpoch">;

const measures = [
  {
    name: "Loss",
    short: "loss",
    key: "loss",
    scale: "loss",
    caption: "Validation loss that rises while training loss falls is overfitting.",
  },
  {
    name: "Unweighted average recall",
    short: "UAR",
    key: "unweightedAverageRecall",
    scale: "score",
    caption: "The gap between the curves is the generalization gap.",
  },
] as const;

/** Returns training and validation curves: the mean over folds, and each fold. */
export function learningCurvesSection(folds: readonly CurveFold[]): Html {
  const trained = folds.filter(({ epochs }) => epochs.length > 0);
  if (trained.length === 0) return html``;
  const several = trained.length > 1;
  return html`<section>
    <h2>Learning curves</h2>
    <p>
      ${curveKeys}${several ? "; mean over folds in bold, single folds thin" : ""}.
      ${several ? undefined : bestEpochNote(trained[0]!)}
    </p>
    <div class="figures">${learningCurves(trained)}</div>
    ${several ? eachFold(trained) : undefined}
  </section>`;
}

/** The legend of learning curves. */
export const curveKeys = html`<span class="key train"></span> training,
  <span class="key validation"></span> validation`;

/** Returns the loss and UAR curves of folds, such as those of a member of a fusion; none without epochs. */
export function learningCurves(folds: readonly CurveFold[], owner?: string): Html {
  const trained = folds.filter(({ epochs }) => epochs.length > 0);
  if (trained.length === 0) return html``;
  return html`${measuresOf(trained).map((measure) =>
    owner === undefined
      ? figure(measure.name, measure.caption, chart(trained, measure))
      : figure(`${owner}: ${measure.short}`, undefined, chart(trained, measure)),
  )}`;
}

/** Of dimensions there is only the loss. */
const measuresOf = (folds: readonly CurveFold[]) =>
  measures.filter(({ key }) => folds[0]?.epochs[0]?.train[key] !== undefined);

const bestEpochNote = ({ bestEpoch }: CurveFold): Html | undefined =>
  bestEpoch === undefined
    ? undefined
    : html`<span class="key mark"></span> best epoch (${bestEpoch}), whose weights were kept.`;

const eachFold = (folds: readonly CurveFold[]): Html =>
  html`<details>
    <summary>Each of the ${folds.length} folds</summary>
    <p><span class="key mark"></span> best epoch, whose weights were kept.</p>
    ${measuresOf(folds).map(
      (measure) =>
        html`<h3>${measure.name}</h3>
          <div class="figures small">
            ${folds.map((fold) => figure(`Fold ${fold.fold}`, undefined, chart([fold], measure, 260)))}
          </div>`,
    )}
  </details>`;

function chart(
  folds: readonly CurveFold[],
  { name, scale, key }: (typeof measures)[number],
  width?: number,
): string {
  const curves = folds.map(({ fold, epochs, bestEpoch }): Curve => ({
    fold,
    bestEpoch,
    points: epochs.map(({ epoch, train, validation }) => ({
      epoch,
      train: train[key]!,
      validation: validation?.[key],
    })),
  }));
  const description = `${name} over epochs, in training and validation.`;
  return learningCurvesChart(description, curves, { scale, ...(width && { width }) });
}
