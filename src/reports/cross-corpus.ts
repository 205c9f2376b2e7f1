import { percent } from "../evaluation/metrics.ts";
import type { StreamScores } from "../evaluation/stream-scores.ts";
import type { CrossCorpusResult } from "../runs/cross-corpus.ts";
import type { TestReference } from "../runs/references.ts";
import { cell, table } from "./leaderboard/markdown.ts";

/** One row of a cross-corpus test, as a JSON document has it. */
export interface CrossCorpusRow extends Omit<CrossCorpusResult, "scores"> {
  readonly reference: TestReference;
  readonly scores: StreamScores;
}

/** Returns a row for each system, corpus and reference. */
export function crossCorpusRows(results: readonly CrossCorpusResult[]): CrossCorpusRow[] {
  return results.flatMap(({ scores, ...result }) =>
    [...scores].map(([reference, own]) => ({ ...result, reference, scores: own })),
  );
}

const header = [
  "system",
  "corpus",
  "reference",
  "UAR",
  "macro-F1",
  "AUC",
  "false alarms",
  "≥ 0.5",
  "≥ 0.8",
  "noticed",
  "ECE",
];

const share = (value: number | undefined): string => (value === undefined ? "" : percent(value));

/** Returns the rows as a table for people. */
export function crossCorpusTable(rows: readonly CrossCorpusRow[]) {
  return {
    header,
    rows: rows.map(({ system, corpus, isOrdinary, reference, scores }) => [
      system,
      isOrdinary ? `${corpus} (ordinary)` : corpus,
      reference,
      share(scores.unweightedAverageRecall),
      share(scores.macroF1),
      share(scores.areaUnderCurve),
      share(scores.falseAlarms.any),
      share(scores.falseAlarms.half),
      share(scores.falseAlarms.sure),
      share(scores.noticed),
      share(scores.calibrationError),
    ]),
  };
}

/** Returns the page "In the world" in Markdown. */
export function crossCorpusPage(rows: readonly CrossCorpusRow[], command: string): string {
  const { rows: cells } = crossCorpusTable(rows);
  const lineages = new Map(
    rows.map(({ system, corpus, trainedOn }) => [
      `${system}, ${corpus}`,
      `- ${cell(system)} on ${cell(corpus)}: trained on ${cell(trainedOn.join(", ")) || "what its file does not say"}.`,
    ]),
  );
  return [
    "# In the world",
    "Models on corpora and ordinary speech that they were not trained on, in per cent. UAR and macro-F1 are among the labels of the corpus, each as likely beforehand; AUC ranks emotional above neutral clips. The other columns are at the default sensitivity, in streams of each speaker's clips of which 80 % are neutral: false alarms are neutral clips for which an emotion is reported, at all and with at least such a probability; noticed are emotional clips for which one is; ECE is the calibration error.",
    "What a voice is held against: `none`, the training data; `recording`, the speaker's stream; `speaker`, all clips of the speaker, without labels; `folder`, the streams of all speakers as if they were one; `enrolled`, two neutral clips of the speaker, which are not scored (mean of five draws). `recording + words` is `recording`, fused with what the transcripts say.",
    table(
      header,
      cells.map((row) => row.map(cell)),
    ),
    [...lineages.values()].join("\n"),
    `Made by:\n\n\`\`\`sh\n${command}\n\`\`\`\n`,
  ].join("\n\n");
}
