import * as Plot from "@observablehq/plot";
import { colors, renderChart, svgFile } from "./plot.ts";

/** Returns counts as bars in the order given, as the text of an `.svg` file. */
export function countsChart(
  title: string,
  counts: readonly { readonly name: string; readonly count: number }[],
): string {
  const longest = Math.max(0, ...counts.map(({ name }) => Array.from(name).length));
  return svgFile(
    renderChart(title, {
      height: 48 + counts.length * 20,
      marginTop: 30,
      marginLeft: Math.min(160, 14 + 7 * longest),
      marginRight: 52,
      marginBottom: 8,
      x: { axis: null, zero: true },
      y: { domain: counts.map(({ name }) => name), label: null, tickSize: 0, padding: 0.25 },
      marks: [
        titleMark(title),
        Plot.barX(counts, { x: "count", y: "name", fill: colors.accent, fillOpacity: 0.7 }),
        Plot.text(counts, {
          x: "count",
          y: "name",
          text: "count",
          textAnchor: "start",
          dx: 5,
          fill: "currentColor",
        }),
      ],
    }),
  );
}

/** Returns a histogram of about 20 bins, as the text of an `.svg` file. */
export function histogramChart(title: string, values: readonly number[], unit: string): string {
  return svgFile(
    renderChart(title, {
      height: 240,
      marginTop: 40,
      marginLeft: 48,
      x: { label: `${unit} →` },
      y: { label: "↑ clips", ticks: 4 },
      marks: [
        titleMark(title),
        Plot.gridY({ stroke: colors.grid, strokeOpacity: 1, ticks: 4 }),
        Plot.rectY(values, {
          ...Plot.binX({ y: "count" }, { x: Plot.identity, thresholds: 20 }),
          fill: colors.accent,
          fillOpacity: 0.7,
        }),
        Plot.ruleY([0]),
      ],
    }),
  );
}

const titleMark = (title: string) =>
  Plot.text([title], { frameAnchor: "top-left", dy: -24, fontWeight: 600, fill: "currentColor" });
