import { cell, table } from "./markdown.ts";
import { percent } from "./results-details.ts";
import type { RunResult } from "./run-result.ts";

/** How runs hold up when words get worse, and what gated ones make of them: a section, or none. */
export function conditionsSection(results: readonly RunResult[]): string[] {
  const tables = [...new Set(results.map(placeOf))].flatMap((place) => {
    const alike = results.filter((result) => placeOf(result) === place);
    const names = [
      ...new Set(alike.flatMap(({ robustnessTests }) => Object.keys(robustnessTests))),
    ];
    const told =
      names.length > 0 ? alike : alike.filter(({ wordWeight }) => wordWeight !== undefined);
    if (told.length === 0) return [];
    const rows = told
      .toSorted((a, b) => b.unweightedAverageRecall.value - a.unweightedAverageRecall.value)
      .map((result) => [
        cell(result.name),
        percent(result.unweightedAverageRecall.value),
        ...names.map((name) => recallUnder(result, name)),
        weight(result.wordWeight),
        ...names.map((name) => weight(result.robustnessTests[name]?.wordWeight)),
      ]);
    const header = ["run", "UAR as transcribed", ...names, "words' weight", ...names];
    const columns = header.map((_, column) => rows.some((row) => row[column] !== ""));
    const kept = (row: readonly string[]): string[] => row.filter((__, column) => columns[column]);
    return [`On ${cell(place)}:\n\n${table(kept(header), rows.map(kept))}`];
  });
  if (tables.length === 0) return [];
  return [
    "## When words get worse\n\nUAR on the test side with words misheard at random (the number is the word error rate in per cent) or missing\n" +
      "for a share of the utterances. A run that only usesAudio stays as it is. Last, the mean weight that a gate gives to words.",
    ...tables,
  ];
}

const placeOf = ({ corpus, protocol }: RunResult): string => `${corpus}, protocol ${protocol}`;

/** A run without words says the same under every condition. */
function recallUnder(
  { unweightedAverageRecall, robustnessTests }: RunResult,
  name: string,
): string {
  return percent(robustnessTests[name]?.unweightedAverageRecall ?? unweightedAverageRecall.value);
}

const weight = (share: number | undefined): string => share?.toFixed(2) ?? "";
