import { cell, table } from "./markdown.ts";
import { percent, withRange } from "./results-details.ts";
import type { RunResult } from "./run-result.ts";

/** Finished models on corpora that they were not trained on. */
export function crossCorpusSection(results: readonly RunResult[]): string {
  const rows = results
    .toSorted(
      (a, b) =>
        a.corpus.localeCompare(b.corpus, "en") ||
        b.unweightedAverageRecall.value - a.unweightedAverageRecall.value,
    )
    .map((result) => [
      cell(result.name),
      cell((result.trainedOn ?? []).join(" + ")) || "not known",
      cell(result.corpus),
      withRange(result.unweightedAverageRecall).replace(/^\S+/, "**$&**"),
      withRange(result.accuracy),
      withRange(result.macroF1),
      percent(result.expectedCalibrationError.value),
      result.perClass.map(({ label }) => cell(label)).join(" "),
      String(result.seeds.length),
      String(result.speakers),
      String(result.clips),
    ]);
  return `## On another corpus\n\nOther speakers, sentences, rooms and actors' habits than in training, by \`undertone test\`. A model chooses among the emotions\nthat it shares with the corpus, and keeps the temperature that it was given at home.\n\n${table(
    [
      "model",
      "trained on",
      "judged on",
      "UAR",
      "accuracy",
      "macro-F1",
      "ECE",
      "emotions",
      "seeds",
      "speakers",
      "clips",
    ],
    rows,
  )}`;
}
