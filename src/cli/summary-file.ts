import type { FileResult } from "../recognition/file-result.node.ts";
import type { FileFields } from "../reports/recordings/file-fields.node.ts";
import {
  summaryColumns,
  summaryRows,
  type SummaryCell,
  type SummaryInput,
} from "../reports/recordings/summary-table.ts";
import { toRow } from "../shared/csv-cells.ts";
import { formatOfFile } from "./out-file.ts";
import type { AnalysisPrinter } from "./print-analysis.ts";
import { fileSink } from "./sink.ts";

/** How a format writes a table. */
interface TableFormat {
  start(columns: readonly string[]): string;
  row(cells: readonly SummaryCell[], columns: readonly string[]): string;
  /** Stands between rows. */
  readonly separator: string;
  readonly end: string;
}

const delimited = (separator: string): TableFormat => ({
  start: (columns) => toRow(columns, separator),
  row: (cells) => toRow(cells, separator),
  separator: "",
  end: "",
});

const toObject = (cells: readonly SummaryCell[], columns: readonly string[]): string =>
  JSON.stringify(Object.fromEntries(columns.map((column, n) => [column, cells[n]])));

const formats: Readonly<Record<string, TableFormat>> = {
  ".csv": delimited(","),
  ".tsv": delimited("\t"),
  ".jsonl": {
    start: () => "",
    row: (cells, columns) => `${toObject(cells, columns)}\n`,
    separator: "",
    end: "",
  },
  ".json": { start: () => "[\n", row: toObject, separator: ",\n", end: "\n]\n" },
};

/** Whether a summary's file is one that spreadsheets open. */
export function isForSpreadsheets(path: string): boolean {
  return [formats[".csv"], formats[".tsv"]].includes(summaryFormatOf(path));
}

/** Returns the format of a summary by its file's extension. @throws UndertoneError `usage` */
export function summaryFormatOf(path: string): TableFormat {
  return formatOfFile(path, formats);
}

interface SummaryOptions {
  readonly bom: boolean;
  readonly fields: FileFields;
}

/** Returns what writes a table with a row for each recording and speaker; the first analyzed file names the labels. */
export function createSummary(path: string, { bom, fields }: SummaryOptions): AnalysisPrinter {
  const format = summaryFormatOf(path);
  const sink = fileSink(path);
  const waiting: SummaryInput[] = [];
  let labels: readonly string[] | undefined;
  let separator = bom ? "\uFEFF" : "";
  const write = async (text: string): Promise<void> => {
    await sink.write(separator + text);
    separator = format.separator;
  };
  const begin = async (known: readonly string[]): Promise<void> => {
    labels = known;
    await sink.write(separator + format.start(summaryColumns(labels, fields.names)));
    separator = "";
    for (const each of waiting) await add(each, labels);
  };
  const add = async (input: SummaryInput, known: readonly string[]): Promise<void> => {
    const columns = summaryColumns(known, fields.names);
    for (const cells of summaryRows(input, known)) await write(format.row(cells, columns));
  };
  return {
    print: async (result: FileResult) => {
      const { file } = result;
      const input = { file, outcome: result, fields: fields.of(file) };
      if (labels !== undefined) return add(input, labels);
      waiting.push(input);
      if (!("error" in result)) await begin(Object.keys(result.summary.shares));
    },
    end: async (state) => {
      if (labels === undefined) await begin([]);
      await sink.write(format.end);
      await sink.end(state);
    },
  };
}
