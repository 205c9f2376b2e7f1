import { scoreBarsChart } from "../../evaluation/charts/bars.ts";
import { confusionChart } from "../../evaluation/charts/confusion.ts";
import type { Evaluation } from "../../evaluation/evaluation.ts";
import { percent } from "../../evaluation/metrics.ts";
import { figure, intervalsCaption, table } from "./figure.ts";
import { html, type Html } from "./html.ts";

/** Returns the confusion matrix, and recall, precision and F1 of each emotion. */
export function confusionSection(evaluation: Evaluation, labels: readonly string[]): Html {
  const { confusionMatrix: matrix, perClass } = evaluation;
  const bars = perClass.map(({ label, recall }) => ({ name: label, score: recall }));
  return html`<section>
    <h2>Confusion matrix</h2>
    <p>${confusionSentence(matrix, labels)}</p>
    <div class="figures">
      ${figure("Row-normalized (%)", "Rows sum to 100; the diagonal is the recall.", confusionChart(matrix, labels, "row-normalized"))}
      ${figure("Counts", "Test clips in each cell.", confusionChart(matrix, labels, "counts"))}
      ${figure("Recall per emotion", `${intervalsCaption(perClass.map(({ recall }) => recall))} dashed line is chance.`, scoreBarsChart("Recall of each emotion.", bars, 1 / labels.length))}
      ${table({
        caption: "Results per emotion",
        header: ["emotion", "precision", "recall", "F1", "clips"],
        rows: perClass.map(({ label, precision, recall, f1, support }) => [
          label,
          percent(precision),
          percent(recall.value),
          percent(f1),
          support,
        ]),
      })}
    </div>
  </section>`;
}

function confusionSentence(
  matrix: Evaluation["confusionMatrix"],
  labels: readonly string[],
): string {
  const mixed = matrix
    .flatMap((row, actual) => {
      const support = row.reduce((a, b) => a + b, 0);
      return row.map((clips, predicted) => ({
        actual,
        predicted,
        share: clips / Math.max(1, support),
      }));
    })
    .filter(({ actual, predicted, share }) => actual !== predicted && share > 0)
    .toSorted((a, b) => b.share - a.share)[0];
  return mixed === undefined
    ? "Every test clip was predicted correctly."
    : `The most frequent confusion: ${percent(mixed.share)} % of the ${labels[mixed.actual]} clips were predicted as ${labels[mixed.predicted]}.`;
}
