import { once } from "node:events";
import type { Analysis } from "../recognition/analysis.ts";
import type { FileResult } from "../recognition/file-result.node.ts";
import { subtitlesOf } from "../recognition/subtitles.ts";
import { toTextGrid } from "../recognition/text-grid.ts";
import { toSrt, toVtt } from "../transcription/subtitles.ts";
import { CsvRows } from "./analysis-csv.ts";
import { describeAnalyses } from "./analysis-text.ts";

/** Prints results one after the other, in the order in which they are handed over. */
export interface AnalysisPrinter {
  print(result: FileResult): Promise<void>;
  end(): Promise<void>;
}

async function write(text: string): Promise<void> {
  if (!process.stdout.write(text)) await once(process.stdout, "drain");
}

/** For people: one file with its timeline, or a line a file. */
function textPrinter(): AnalysisPrinter {
  const results: FileResult[] = [];
  return {
    print: async (result) => {
      const isFirst = results.length === 0;
      results.push("error" in result || isFirst ? result : { ...result, segments: [] });
    },
    end: () => write(describeAnalyses(results)),
  };
}

/** One document `{ "files": [ … ] }`, written as the results come. */
function jsonPrinter(): AnalysisPrinter {
  let separator = '{"files":[\n';
  return {
    print: async (result) => {
      await write(`${separator}${JSON.stringify(result)}`);
      separator = ",\n";
    },
    end: () => write(separator.startsWith("{") ? '{"files":[]}\n' : "\n]}\n"),
  };
}

function jsonlPrinter(): AnalysisPrinter {
  return {
    print: (result) => write(`${JSON.stringify(result)}\n`),
    end: async () => undefined,
  };
}

function csvPrinter(): AnalysisPrinter {
  const rows = new CsvRows();
  return {
    print: (result) => write(rows.add(result)),
    end: () => write(rows.finish()),
  };
}

/** A format that holds one recording. */
const documentPrinter = (format: (analysis: Analysis) => string) => (): AnalysisPrinter => ({
  print: async (result) => {
    if (!("error" in result)) await write(format(result));
  },
  end: async () => undefined,
});

const printers = {
  text: textPrinter,
  json: jsonPrinter,
  jsonl: jsonlPrinter,
  csv: csvPrinter,
  srt: documentPrinter((analysis) => toSrt(subtitlesOf(analysis))),
  vtt: documentPrinter((analysis) => toVtt(subtitlesOf(analysis))),
  textgrid: documentPrinter(toTextGrid),
} as const satisfies Readonly<Record<string, () => AnalysisPrinter>>;

export type AnalysisFormat = keyof typeof printers;

/** Formats that hold many recordings come first. */
export const analysisFormats = ["text", "json", "jsonl", "csv", "srt", "vtt", "textgrid"] as const;

/** Whether a format holds one recording only. */
export function holdsOneRecording(format: AnalysisFormat): boolean {
  return ["srt", "vtt", "textgrid"].includes(format);
}

/** A printer to standard output. */
export function createPrinter(format: AnalysisFormat): AnalysisPrinter {
  return printers[format]();
}
