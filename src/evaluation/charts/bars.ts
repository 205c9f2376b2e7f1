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
  // Rows are numbered, because bars of one name would be stacked.
  const rows = bars.map(({ name, score }, row) => ({ row, name, ...score }));
  const withInterval = rows.filter(({ low, high }) => low !== undefined && high !== undefined);
  const longest = Math.max(0, ...rows.map(({ name }) => Array.from(name).length));
  return renderChart(description, {
    height: 34 + bars.length * rowHeight,
    marginTop: 6,
    marginLeft: Math.min(140, 14 + 7 * longest),
    marginRight: 44,
    marginBottom: 28,
    x: { domain: [0, 1], tickFormat: "%", label: null, ticks: 5 },
    y: {
      type: "band",
      domain: rows.map(({ row }) => row),
      tickFormat: (row: number) => rows[row]!.name,
      label: null,
      tickSize: 0,
      padding: 0.3,
    },
    marks: [
      Plot.gridX({ stroke: colors.grid, strokeOpacity: 1, ticks: 5 }),
      Plot.barX(rows, { x: "value", y: "row", fill: colors.accent, fillOpacity: 0.55 }),
      Plot.ruleY(withInterval, {
        x1: "low",
        x2: "high",
        y: "row",
        stroke: "currentColor",
        strokeWidth: 1.4,
      }),
      reference === undefined
        ? null
        : Plot.ruleX([reference], { stroke: colors.second, strokeDasharray: "3 3" }),
      Plot.text(rows, {
        x: 1,
        y: "row",
        text: ({ value }: { readonly value: number }) => percent(value),
        textAnchor: "start",
        dx: 8,
        fill: "currentColor",
      }),
    ],
  });
}
