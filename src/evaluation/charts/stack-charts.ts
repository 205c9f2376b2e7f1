import { svgFile } from "./plot.ts";

const gap = 24; // CSS pixels around and between the charts

/** Returns one `.svg` file of charts in columns, each given from top to bottom. */
export function stackCharts(columns: readonly (readonly string[])[]): string {
  let x = gap;
  let bottom = 0;
  let body = "";
  for (const column of columns) {
    let y = gap;
    let widest = 0;
    for (const svg of column) {
      const { width, height } = sizeOf(svg);
      body += svg.replace("<svg", `<svg x="${x}" y="${y}"`);
      y += height + gap;
      widest = Math.max(widest, width);
    }
    x += widest + gap;
    bottom = Math.max(bottom, y);
  }
  return svgFile(
    `<svg xmlns="http://www.w3.org/2000/svg" width="${x}" height="${bottom}" viewBox="0 0 ${x} ${bottom}">${body}</svg>`,
  );
}

function sizeOf(svg: string): { readonly width: number; readonly height: number } {
  const [, width = "0"] = /^<svg[^>]* width="(\d+)"/.exec(svg) ?? [];
  const [, height = "0"] = /^<svg[^>]* height="(\d+)"/.exec(svg) ?? [];
  return { width: Number(width), height: Number(height) };
}
