import * as Plot from "@observablehq/plot";
import type { Estimate } from "../bootstrap.ts";
import { percent } from "../metrics.ts";
import { colors, renderChart } from "./plot.ts";

/** One bar: a name and a score in 0..1 with its interval. */
export interface ScoreBar {
  readonly name: string;
  readonly score: Estimate;
}

/**
 * Returns scores as horizontal bars over 0 to 100 % with their intervals, one row a name in the order given;
 * `reference` draws a dashed line, such as chance or the score over all.
 */
export function scoreBarsChart(
  description: string,
  bars: readonly ScoreBar[],
  reference?: number,
): string {
  const rowHeight = bars.length > 40 ? 14 : 22;
  const rows = bars.map(({ name, score: { value, low = value, high = value } }) => ({
    name,
    value,
    low,
    high,
  }));
  const longest = Math.max(0, ...rows.map(({ name }) => Array.from(name).length));
  return renderChart(description, {
    height: 34 + bars.length * rowHeight,
    marginTop: 6,
    marginLeft: Math.min(140, 14 + 7 * longest),
    marginRight: 44,
    marginBottom: 28,
    x: { domain: [0, 1], tickFormat: "%", label: null, ticks: 5 },
    y: { domain: rows.map(({ name }) => name), label: null, tickSize: 0, padding: 0.3 },
    marks: [
      Plot.gridX({ stroke: colors.grid, strokeOpacity: 1, ticks: 5 }),
      Plot.barX(rows, { x: "value", y: "name", fill: colors.accent, fillOpacity: 0.55 }),
      Plot.ruleY(rows, {
        x1: "low",
        x2: "high",
        y: "name",
        stroke: "currentColor",
        strokeWidth: 1.4,
      }),
      reference === undefined
        ? null
        : Plot.ruleX([reference], { stroke: colors.second, strokeDasharray: "3 3" }),
      Plot.text(rows, {
        x: 1,
        y: "name",
        text: ({ value }: { readonly value: number }) => percent(value),
        textAnchor: "start",
        dx: 8,
        fill: "currentColor",
      }),
    ],
  });
}
