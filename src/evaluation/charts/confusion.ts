import * as Plot from "@observablehq/plot";
import type { ConfusionMatrix } from "../classification.ts";
import { chartWidth, colors, renderChart } from "./plot.ts";

/**
 * Returns a confusion matrix with true labels as rows and predicted labels as columns, shaded by the share of the row.
 * Cells show counts, or the row's share in per cent.
 */
export function confusionChart(
  matrix: ConfusionMatrix,
  labels: readonly string[],
  show: "counts" | "row-normalized",
): string {
  const cells = matrix.flatMap((row, actual) => {
    const support = row.reduce((a, b) => a + b, 0);
    return row.map((clips, predicted) => ({
      actual: labels[actual]!,
      predicted: labels[predicted]!,
      clips,
      share: clips / Math.max(1, support),
    }));
  });
  const longest = Math.max(...labels.map((label) => Array.from(label).length));
  const margin = Math.min(140, 16 + 7 * longest);
  const side = chartWidth - margin - 6;
  return renderChart(
    `Confusion matrix of ${labels.length} labels, ${show === "counts" ? "counts" : "row-normalized, in per cent"}.`,
    {
      height: side + margin + 24,
      marginLeft: margin,
      marginRight: 6,
      marginTop: 24,
      marginBottom: margin,
      padding: 0.04,
      // Never full: numbers in the ink of the page stay legible on every shade.
      opacity: { domain: [0, 1], range: [0.04, 0.62] },
      x: {
        domain: labels,
        label: "Predicted label",
        labelAnchor: "center",
        tickSize: 0,
        tickRotate: -45,
      },
      y: { domain: labels, label: "True label", tickSize: 0 },
      marks: [
        Plot.cell(cells, {
          x: "predicted",
          y: "actual",
          fill: colors.accent,
          fillOpacity: "share",
        }),
        Plot.text(cells, {
          x: "predicted",
          y: "actual",
          text: ({ clips, share }: (typeof cells)[number]) =>
            show === "counts" ? String(clips) : (100 * share).toFixed(0),
          fill: "currentColor",
          fillOpacity: ({ clips }: (typeof cells)[number]) => (clips === 0 ? 0.4 : 1),
        }),
      ],
    },
  );
}
