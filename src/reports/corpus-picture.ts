import type { CorpusStats } from "../datasets/stats.ts";
import { countsChart, histogramChart } from "../evaluation/charts/counts.ts";
import { stackCharts } from "../evaluation/charts/stack-charts.ts";

/**
 * Draws a corpus as the text of an `.svg` file: emotions, sexes and lengths on the left,
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
  return stackCharts([left, right]);
}
