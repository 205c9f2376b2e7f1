import type { CorpusStats } from "../datasets/stats.ts";
import { countsChart, histogramChart } from "../evaluation/charts/counts.ts";

const gap = 24; // CSS pixels around and between the charts

/**
 * One picture of a corpus, as the text of an `.svg` file: emotions, sexes and lengths on the left,
 * speakers on the right. `lengths` [clips] in seconds.
 */
export function drawStats(stats: CorpusStats, lengths: readonly number[]): string {
  const { corpus, clips } = stats;
  const known = (["female", "male", "unknown"] as const).filter((sex) => stats.sexes[sex] > 0);
  const left = [
    countsChart(
      `${corpus}: ${clips} clips by emotion`,
      Object.entries(stats.emotions).map(([name, count]) => ({ name, count })),
    ),
    countsChart(
      "Clips by sex of the speaker",
      known.map((name) => ({ name, count: stats.sexes[name] })),
    ),
    histogramChart("Clips by length", lengths, "seconds"),
  ];
  const right = [
    countsChart(
      `Clips by speaker, ${stats.speakers.length} in all`,
      stats.speakers.map(({ speakerId, clips: count }) => ({ name: speakerId, count })),
    ),
  ];
  const columns = [left, right].map((charts) => charts.map((svg) => ({ svg, ...sizeOf(svg) })));
  let x = gap;
  let bottom = 0;
  let body = "";
  for (const column of columns) {
    let y = gap;
    for (const { svg, height } of column) {
      body += svg.replace("<svg", `<svg x="${x}" y="${y}"`);
      y += height + gap;
    }
    x += Math.max(...column.map(({ width }) => width)) + gap;
    bottom = Math.max(bottom, y);
  }
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${x}" height="${bottom}" viewBox="0 0 ${x} ${bottom}">${body}</svg>\n`;
}

function sizeOf(svg: string): { width: number; height: number } {
  const [, width = "0"] = /^<svg[^>]* width="(\d+)"/.exec(svg) ?? [];
  const [, height = "0"] = /^<svg[^>]* height="(\d+)"/.exec(svg) ?? [];
  return { width: Number(width), height: Number(height) };
}
