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

/** Columns of `segmentTable` that are the same for every recording, with their types in Parquet. */
const segmentColumns = {
  file: "STRING",
  startSec: "DOUBLE",
  endSec: "DOUBLE",
  speaker: "STRING",
  emotion: "STRING",
  confidence: "DOUBLE",
  text: "STRING",
} as const;

/** A row for each time that the model or a person has a segment of. */
interface SegmentRows {
  /** Names of the people, in the order of their columns. */
  readonly people: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
}

function rowsOf(recordings: readonly ExportedRecording[]): SegmentRows {
  const people = [...new Set(recordings.flatMap(({ labels }) => labelersOf(labels)))];
  return { people, rows: recordings.flatMap((recording) => segmentRows(recording, people)) };
}

const labelColumn = (by: string): string => `label ${by}`;

/**
 * Returns a row for each time that the model or a person has a segment of: what the model predicts, and a column for each
 * person; no text is a formula for spreadsheets.
 */
export function segmentTable(recordings: readonly ExportedRecording[]): string {
  const { people, rows } = rowsOf(recordings);
  const header = [...Object.keys(segmentColumns), ...people.map(labelColumn)];
  return toRow(header) + rows.map((row) => toRow(row)).join("");
}

/** Returns the same table as Parquet, for data frames; texts are as they are. */
export async function segmentParquet(
  recordings: readonly ExportedRecording[],
): Promise<ArrayBuffer> {
  const { parquetWriteBuffer } = await import("hyparquet-writer");
  const { people, rows } = rowsOf(recordings);
  const labels = people.map((by) => [labelColumn(by), "STRING"] as const);
  const columns = [...Object.entries(segmentColumns), ...labels];
  return parquetWriteBuffer({
    columnData: columns.map(([name, type], column) => ({
      name,
      type,
      nullable: true,
      data: rows.map((row) => row[column]),
    })),
  });
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
): Cell[][] {
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
      return [name, startSec, endSec, speaker, ...predicted, ...given];
    });
}
