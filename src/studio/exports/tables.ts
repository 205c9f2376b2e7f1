import { csvRow } from "../../shared/csv.ts";
import { toRow, type Cell } from "../../shared/csv-cells.ts";
import { labeledBy, labelersOf, type ExportedRecording } from "./exported-recording.ts";

/** Returns the labels of one person as the table that `undertone train --data` reads; it belongs beside the recordings. */
export function trainingTable(recordings: readonly ExportedRecording[], by: string): string {
  const rows = recordings.flatMap(({ name, labels }) =>
    labeledBy(labels, by).map(({ startSec, endSec, label, speaker }) =>
      csvRow([name, startSec, endSec, label, speaker ?? ""]),
    ),
  );
  return csvRow(["path", "start", "end", "emotion", "speaker"]) + rows.join("");
}

/**
 * Returns a row for each time that the model or a person has a segment of: what the model predicts, and a column for each
 * person; no text is a formula for spreadsheets.
 */
export function segmentTable(recordings: readonly ExportedRecording[]): string {
  const people = [...new Set(recordings.flatMap(({ labels }) => labelersOf(labels)))];
  const rows = recordings.flatMap((recording) => segmentRows(recording, people));
  const header = ["file", "startSec", "endSec", "speaker", "emotion", "confidence", "text"];
  return toRow([...header, ...people.map((by) => `label ${by}`)]) + rows.join("");
}

interface Row {
  readonly startSec: number;
  readonly endSec: number;
  readonly speaker: string | null;
  readonly predicted: readonly Cell[];
}

function segmentRows(
  { name, labels, analysis }: ExportedRecording,
  people: readonly string[],
): string[] {
  const spoken = analysis?.segments.filter(({ emotion }) => emotion !== null) ?? [];
  const rows = new Map<string, Row>();
  const keyOf = ({ startSec, endSec, speaker }: Omit<Row, "predicted">): string =>
    JSON.stringify([startSec, endSec, speaker]);
  for (const segment of spoken) {
    const { startSec, endSec, speaker, emotion, confidence, text } = segment;
    const predicted = [emotion, confidence, text];
    rows.set(keyOf(segment), { startSec, endSec, speaker, predicted });
  }
  const labelOf = new Map<string, string>();
  for (const segment of labeledBy(labels)) {
    const { startSec, endSec, speaker, by, label } = segment;
    const key = keyOf(segment);
    labelOf.set(`${key} ${by}`, label);
    if (!rows.has(key)) rows.set(key, { startSec, endSec, speaker, predicted: [null, null, null] });
  }
  return [...rows]
    .toSorted(([, a], [, b]) => a.startSec - b.startSec || a.endSec - b.endSec)
    .map(([key, { startSec, endSec, speaker, predicted }]) => {
      const given = people.map((by) => labelOf.get(`${key} ${by}`) ?? null);
      return toRow([name, startSec, endSec, speaker, ...predicted, ...given]);
    });
}
