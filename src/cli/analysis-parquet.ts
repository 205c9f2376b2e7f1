import { ByteWriter, ParquetWriter, schemaFromColumnData } from "hyparquet-writer";
import type { AnalysisSettings, FileResult } from "../recognition/file-result.node.ts";
import type { Cell } from "../shared/csv-cells.ts";
import { writePrivateFile } from "../shared/files.node.ts";
import type { AnalysisPrinter } from "./print-analysis.ts";
import { segmentColumns, segmentRows } from "./segment-table.ts";

/** Rows that are compressed together. */
const rowGroupSize = 65_536;

interface ParquetOptions {
  /** The file to write. */
  readonly out: string;
  /** Of the audio model: they name columns, so that files of one model have the same ones whatever they hold. */
  readonly labels: readonly string[];
  /** Kept in the file under the key `undertone`. */
  readonly settings: AnalysisSettings;
}

/** Returns what writes the table of segments as Apache Parquet, at the end, readable by the user alone. */
export function createParquet({ out, labels, settings }: ParquetOptions): AnalysisPrinter {
  const columns = segmentColumns(labels);
  const dataOf = (rows: readonly (readonly Cell[])[]) =>
    columns.map(({ name, type }, n) => ({ name, type, data: rows.map((row) => row[n]!) }));
  const bytes = new ByteWriter();
  const writer = new ParquetWriter({
    writer: bytes,
    schema: schemaFromColumnData({ columnData: dataOf([]) }),
    kvMetadata: [{ key: "undertone", value: JSON.stringify(settings) }],
    createdBy: "undertone",
  });
  let waiting: Cell[][] = [];
  const flush = async (): Promise<void> => {
    if (waiting.length > 0) await writer.write({ columnData: dataOf(waiting), rowGroupSize });
    waiting = [];
  };
  return {
    print: async (result: FileResult) => {
      waiting.push(...segmentRows(result, columns));
      if (waiting.length >= rowGroupSize) await flush();
    },
    end: async ({ isComplete }) => {
      if (!isComplete) return;
      await flush();
      await writer.finish();
      await writePrivateFile(out, bytes.getBytes());
      console.log(`Wrote ${out}`);
    },
  };
}
