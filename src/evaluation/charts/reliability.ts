import * as Plot from "@observablehq/plot";
import type { ReliabilityBin } from "../calibration.ts";
import { colors, renderChart, shareLayout } from "./plot.ts";

/** Returns the reliability diagram before and after temperature scaling; dots grow with the clips of their bin. */
export function reliabilityChart(
  before: readonly ReliabilityBin[],
  after: readonly ReliabilityBin[],
): string {
  const series = [
    { bins: before, color: colors.muted, dash: "4 3" },
    { bins: after, color: colors.accent, dash: "none" },
  ].map(({ bins, ...rest }) => ({ ...rest, bins: bins.filter(({ clips }) => clips > 0) }));
  return renderChart(
    "Reliability diagram: accuracy over confidence, before and after temperature scaling.",
    {
      ...shareLayout,
      x: { domain: [0, 1], label: "Confidence →", tickFormat: "%", ticks: 5 },
      y: { domain: [0, 1], label: "↑ Accuracy", tickFormat: "%", ticks: 5 },
      r: { range: [1.5, 8] },
      marks: [
        Plot.gridY({ stroke: colors.grid, strokeOpacity: 1, ticks: 5 }),
        Plot.line([0, 1], {
          x: Plot.identity,
          y: Plot.identity,
          stroke: colors.second,
          strokeDasharray: "2 3",
        }),
        ...series.flatMap(({ bins, color, dash }) => [
          Plot.line(
            bins.filter(({ clips }) => clips >= 5),
            {
              x: "confidence",
              y: "accuracy",
              stroke: color,
              strokeWidth: 1.6,
              strokeDasharray: dash,
            },
          ),
          Plot.dot(bins, {
            x: "confidence",
            y: "accuracy",
            fill: color,
            r: "clips",
            fillOpacity: 0.75,
          }),
        ]),
      ],
    },
  );
}
