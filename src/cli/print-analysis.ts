import { basename, extname } from "node:path";
import type { Analysis } from "../recognition/analysis.ts";
import type { FileResult } from "../recognition/file-result.node.ts";
import { toElan } from "../recognition/elan.ts";
import { subtitlesOf } from "../recognition/subtitles.ts";
import { toTextGrid } from "../recognition/text-grid.ts";
import { analysisTiers } from "../recognition/tiers.ts";
import { formatRttm } from "../shared/rttm.ts";
import { toSrt, toVtt } from "../transcription/subtitles.ts";
import type { AnalysisFormat } from "./analyze.ts";
import { CsvRows } from "./analysis-csv.ts";
import { describeAnalyses } from "./analysis-text.ts";
import { MomentList, type MomentChoice } from "./moment-list.ts";
import type { Sink } from "./sink.ts";

/** How results are written: printed, as a table, as the page of a recording, or as a list with a page for each. */
export type OutputFormat = AnalysisFormat | "parquet" | "page" | "list";

/** Formats that hold many recordings, by the extension of their file. */
export const extensionsOfMany = {
  ".jsonl": "jsonl",
  ".json": "json",
  ".csv": "csv",
  ".parquet": "parquet",
  ".txt": "text",
  ".rttm": "rttm",
} as const;

/** Writes results one after the other, in the order in which they are handed over. */
export interface AnalysisPrinter {
  /** Called with each result before it is kept, in the order in which they come. */
  prepare?(result: FileResult): Promise<void>;
  print(result: FileResult): Promise<void>;
  end(state: PrintedAll): Promise<void>;
}

/** What is known at the end. */
interface PrintedAll {
  /** Whether files are written: all results are there, and they are more than the failure of the only file. */
  readonly isComplete: boolean;
  /** Files of folders that were not looked at, by ending. */
  readonly ignored: Readonly<Record<string, number>>;
}

export interface PrinterOptions {
  readonly sink: Sink;
  /** Starts the text with a byte order mark. */
  readonly bom: boolean;
  /** Which moments are listed after text. */
  readonly moments?: MomentChoice | undefined;
}

/** How a format writes: the text for one more result, and the text after the last one. */
interface Writer {
  add(result: FileResult): string;
  finish(ignored: PrintedAll["ignored"]): string;
}

/** For people: one file with its timeline, or a line a file, and the moments that were asked for. */
function textWriter({ moments }: PrinterOptions): Writer {
  const results: FileResult[] = [];
  const strongest = moments && new MomentList(moments);
  return {
    add: (result) => {
      const isFirst = results.length === 0;
      results.push("error" in result || isFirst ? result : { ...result, segments: [] });
      strongest?.add(result);
      return "";
    },
    finish: () => describeAnalyses(results) + (strongest ? `\n${strongest.describe()}` : ""),
  };
}

/** One document `{ "files": [ … ], "ignored": { … } }`, written as the results come. */
function jsonWriter(): Writer {
  let separator = '{"files":[\n';
  return {
    add: (result) => {
      const text = `${separator}${JSON.stringify(result)}`;
      separator = ",\n";
      return text;
    },
    finish: (ignored) => {
      const start = separator.startsWith("{") ? '{"files":[' : "\n";
      return `${start}],"ignored":${JSON.stringify(ignored)}}\n`;
    },
  };
}

/** A format that needs nothing between or after the results. */
const eachWriter = (format: (result: FileResult) => string) => (): Writer => ({
  add: format,
  finish: () => "",
});

/** A format that holds one recording. */
const documentWriter = (format: (analysis: Analysis) => string): (() => Writer) =>
  eachWriter((result) => ("error" in result ? "" : format(result)));

const writers: Readonly<Record<AnalysisFormat, (options: PrinterOptions) => Writer>> = {
  text: textWriter,
  json: jsonWriter,
  jsonl: eachWriter((result) => `${JSON.stringify(result)}\n`),
  csv: () => new CsvRows(),
  rttm: eachWriter(toRttm),
  srt: documentWriter((analysis) => toSrt(subtitlesOf(analysis))),
  vtt: documentWriter((analysis) => toVtt(subtitlesOf(analysis))),
  textgrid: documentWriter(toTextGrid),
  eaf: eachWriter(toEaf),
};

/** Who speaks when, as far as speakers are told apart. */
function toRttm(result: FileResult): string {
  if ("error" in result) return "";
  const turns = result.segments.flatMap(({ startSec, endSec, speaker }) =>
    speaker === null ? [] : { startSec, endSec, speaker },
  );
  return formatRttm(basename(result.file, extname(result.file)), turns);
}

/** The tiers of a TextGrid, for ELAN. */
function toEaf(result: FileResult): string {
  if ("error" in result) return "";
  return toElan(analysisTiers(result), { file: basename(result.file), date: new Date() });
}

/** Whether a format holds one recording only. */
export function holdsOneRecording(format: OutputFormat): boolean {
  return ["srt", "vtt", "textgrid", "eaf", "page"].includes(format);
}

/** Returns a printer. */
export function createPrinter(format: AnalysisFormat, options: PrinterOptions): AnalysisPrinter {
  const { sink, bom } = options;
  const writer = writers[format](options);
  let start = bom ? "\uFEFF" : "";
  const write = async (text: string): Promise<void> => {
    if (text === "") return;
    await sink.write(start + text);
    start = "";
  };
  return {
    print: (result) => write(writer.add(result)),
    end: async (state) => {
      await write(writer.finish(state.ignored));
      await sink.end(state);
    },
  };
}
