import * as Plot from "@observablehq/plot";
import type { DimensionScale } from "../../shared/dimensions.ts";
import { chartWidth, colors, renderChart } from "./plot.ts";

/** A clip's true and predicted value. */
export interface ScatterPoint {
  readonly actual: number;
  readonly predicted: number;
}

/** Returns predicted over true values of a dimension, on its scale, with the diagonal on which all would lie. */
export function scatterChart(
  { name, low, high }: DimensionScale,
  points: readonly ScatterPoint[],
): string {
  const predicted = points.map((point) => point.predicted);
  const domain = [Math.min(low, ...predicted), Math.max(high, ...predicted)];
  return renderChart(`Predicted over true ${name} of ${points.length} clips.`, {
    height: chartWidth,
    marginLeft: 44,
    marginRight: 16,
    marginTop: 26,
    marginBottom: 36,
    x: { domain: [low, high], label: `true ${name} →`, ticks: 6 },
    y: { domain, label: `↑ predicted ${name}`, ticks: 6 },
    marks: [
      Plot.gridX({ stroke: colors.grid, strokeOpacity: 1, ticks: 6 }),
      Plot.gridY({ stroke: colors.grid, strokeOpacity: 1, ticks: 6 }),
      Plot.line(
        [
          [low, low],
          [high, high],
        ],
        { stroke: colors.second, strokeDasharray: "3 3" },
      ),
      Plot.dot(points, {
        x: "actual",
        y: "predicted",
        r: 2,
        fill: colors.accent,
        fillOpacity: 0.45,
      }),
    ],
  });
}
