import * as Plot from "@observablehq/plot";
import type { ConfusionMatrix } from "../metrics.ts";
import { chartWidth, colors, renderChart } from "./plot.ts";

/**
 * A confusion matrix, true labels down and answers across, shaded by the share of the row.
 * `show` picks what the cells say: clips, or the row's share in per cent.
 */
export function confusionChart(
  matrix: ConfusionMatrix,
  labels: readonly string[],
  show: "clips" | "share",
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
    `Confusion matrix of ${labels.length} labels, in ${show === "clips" ? "clips" : "per cent of each true label"}.`,
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
        label: "answered →",
        labelAnchor: "center",
        tickSize: 0,
        tickRotate: -45,
      },
      y: { domain: labels, label: "↓ truly", tickSize: 0 },
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
            show === "clips" ? String(clips) : (100 * share).toFixed(0),
          fill: "currentColor",
          fillOpacity: ({ clips }: (typeof cells)[number]) => (clips === 0 ? 0.4 : 1),
        }),
      ],
    },
  );
}
