import * as Plot from "@observablehq/plot";
import { parseHTML } from "linkedom";

/** The colors of every chart: variables that a page may set, with what stands without it. */
export const colors = {
  accent: "var(--accent, #2b6a86)",
  second: "var(--second, #b65332)",
  muted: "var(--muted, #6d757d)",
  grid: "var(--grid, #d9dde0)",
} as const;

/** Width of every chart in CSS pixels: text keeps its size on a phone, two stand side by side on a desk. */
export const chartWidth = 420;

/**
 * Draws a chart as an `<svg>` element with a text for those who cannot see it. Text is in
 * `currentColor`; ids and classes are left out, so that many charts can stand in one page.
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
  // The description says it all; Plot's names of single marks would be read out one by one.
  for (const part of svg.querySelectorAll("g[aria-label]")) part.removeAttribute("aria-label");
  return svg.outerHTML;
}

/** A chart as the text of an `.svg` file, legible on a light and on a dark screen. */
export function svgFile(chart: string): string {
  const style =
    "<style>svg{color:#1c2024;background:#fff}@media(prefers-color-scheme:dark){" +
    "svg{color:#e6e8ea;background:#15181b;--accent:#6db3d0;--second:#e58a66;--muted:#98a1a9;--grid:#343a40}}</style>";
  return `${chart.replace(">", `>${style}`)}\n`;
}

/** A share in 0..1 as people read it: `62.3`. */
export function percent(share: number): string {
  return (100 * share).toFixed(1);
}
