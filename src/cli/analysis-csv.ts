import type { Segment } from "../recognition/analysis.ts";
import type { FileResult } from "../recognition/file-result.node.ts";
import { toRow, type Cell } from "../shared/csv-cells.ts";

const before = [
  "file",
  "startSec",
  "endSec",
  "channel",
  "speaker",
  "emotion",
  "confidence",
  "error",
];
const after = [
  "text",
  "voice",
  "voiceConfidence",
  "words",
  "wordsConfidence",
  "transcriptConfidence",
  "disagree",
  "intensity",
  "negative",
  "positive",
  "oodScore",
  "abstained",
];

/** CSV with a row a segment, or a row with `error` for a file that failed; the first analyzed file names the labels. */
export class CsvRows {
  #labels: readonly string[] | undefined;
  readonly #waiting: FileResult[] = [];

  /** The rows that can be written now that a file is done. */
  add(result: FileResult): string {
    if (this.#labels === undefined) {
      this.#waiting.push(result);
      return "error" in result ? "" : this.#begin(Object.keys(result.summary.shares));
    }
    return this.#rowsOf(result, this.#labels);
  }

  /** What is left to write when there are no more files. */
  finish(): string {
    return this.#labels === undefined ? this.#begin([]) : "";
  }

  #begin(labels: readonly string[]): string {
    this.#labels = labels;
    const header = toRow([...before, ...labels.map((label) => `p_${label}`), ...after]);
    return header + this.#waiting.map((result) => this.#rowsOf(result, labels)).join("");
  }

  #rowsOf(result: FileResult, labels: readonly string[]): string {
    if ("error" in result) {
      const empty = [...labels, ...after].map(() => null);
      const unknown = before.slice(1, -1).map(() => null);
      return toRow([result.file, ...unknown, result.error.message, ...empty]);
    }
    return result.segments.map((segment) => toRow(cellsOf(result.file, segment, labels))).join("");
  }
}

function cellsOf(file: string, segment: Segment, labels: readonly string[]): Cell[] {
  const { startSec, endSec, emotion, confidence, probabilities, text, voice, words } = segment;
  const chances = labels.map((label) => probabilities?.[label] ?? null);
  const transcriptConfidence = words?.transcriptConfidence ?? null;
  const channels = [voice, words].flatMap((prediction) => [
    prediction?.emotion ?? null,
    prediction?.confidence ?? null,
  ]);
  return [
    file,
    startSec,
    endSec,
    segment.channel,
    segment.speaker,
    emotion,
    confidence,
    null,
    ...chances,
    text,
    ...channels,
    transcriptConfidence,
    segment.disagree,
    segment.intensity,
    segment.polarity?.negative ?? null,
    segment.polarity?.positive ?? null,
    segment.oodScore,
    segment.abstained,
  ];
}
