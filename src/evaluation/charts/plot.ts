import * as Plot from "@observablehq/plot";
import { parseHTML } from "linkedom";
import { withoutControls } from "../../shared/controls.ts";

/** The colors of every chart: CSS variables that a page may set, with defaults. */
export const colors = {
  accent: "var(--accent, #2b6a86)",
  second: "var(--second, #b65332)",
  muted: "var(--muted, #6d757d)",
  grid: "var(--grid, #d9dde0)",
} as const;

/** Width of every chart in CSS pixels: two fit side by side on a desktop, one on a phone. */
export const chartWidth = 420;

/** Size and margins of a chart of one share over another. */
export const shareLayout = {
  height: Math.round(chartWidth * 0.8),
  marginLeft: 44,
  marginTop: 26,
  marginRight: 22,
  marginBottom: 36,
} as const;

/**
 * Returns a chart as an `<svg>` element with an accessible description. Text is in `currentColor`; ids and classes are
 * left out, so that one page can hold many charts.
 */
export function renderChart(description: string, options: Plot.PlotOptions): string {
  const { document } = parseHTML("<html></html>");
  const svg = Plot.plot({
    document,
    width: chartWidth,
    style: { fontSize: "12px", background: "none" },
    ...options,
  });
  svg.querySelector("style")?.remove();
  svg.removeAttribute("class");
  svg.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", description);
  // Screen readers get the description; Plot's names of single marks would be read out one by one.
  for (const part of svg.querySelectorAll("g[aria-label]")) part.removeAttribute("aria-label");
  return withoutControls(svg.outerHTML);
}

/** Returns a chart as the text of an `.svg` file for light and dark screens. */
export function svgFile(chart: string): string {
  const style =
    "<style>svg{color:#1c2024;background:#fff}@media(prefers-color-scheme:dark){" +
    "svg{color:#e6e8ea;background:#15181b;--accent:#6db3d0;--second:#e58a66;--muted:#98a1a9;--grid:#343a40}}</style>";
  return `${chart.replace(">", `>${style}`)}\n`;
}
