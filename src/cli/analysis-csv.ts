import type { FileResult } from "../recognition/file-result.node.ts";
import { toRow } from "../shared/csv-cells.ts";
import { segmentColumns, segmentRows, type SegmentColumn } from "./segment-table.ts";

/** CSV with a row a segment, or a row with `error` for a file that failed; the first analyzed file names the labels. */
export class CsvRows {
  #columns: readonly SegmentColumn[] | undefined;
  readonly #waiting: FileResult[] = [];

  /** The rows that can be written now that a file is done. */
  add(result: FileResult): string {
    if (this.#columns === undefined) {
      this.#waiting.push(result);
      return "error" in result ? "" : this.#begin(Object.keys(result.summary.shares));
    }
    return rowsOf(result, this.#columns);
  }

  /** What is left to write when there are no more files. */
  finish(): string {
    return this.#columns === undefined ? this.#begin([]) : "";
  }

  #begin(labels: readonly string[]): string {
    const columns = segmentColumns(labels);
    this.#columns = columns;
    const header = toRow(columns.map(({ name }) => name));
    return header + this.#waiting.map((result) => rowsOf(result, columns)).join("");
  }
}

function rowsOf(result: FileResult, columns: readonly SegmentColumn[]): string {
  return segmentRows(result, columns)
    .map((row) => toRow(row))
    .join("");
}
