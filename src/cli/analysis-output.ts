import { open, rm } from "node:fs/promises";
import type { AnalysisSettings, FileResult } from "../recognition/file-result.node.ts";
import type { FoundAudio } from "../recognition/find-audio.node.ts";
import { openResults } from "../recognition/results-file.node.ts";
import type { FileFields } from "../reports/recordings/file-fields.node.ts";
import {
  createPrinter,
  holdsOneRecording,
  type AnalysisPrinter,
  type OutputFormat,
  type PrinterOptions,
} from "./print-analysis.ts";
import { fileSink, standardOutput } from "./sink.ts";

interface OutputOptions extends Kept {
  readonly bom: boolean;
  /** @see PrinterOptions */
  readonly moments: PrinterOptions["moments"];
  readonly fields: FileFields;
  /** Of the audio model. */
  readonly labels: readonly string[];
  readonly resume: boolean;
  readonly settings: AnalysisSettings;
  /** Whether the files are a part of a whole, which holds failures too and may be empty. */
  readonly isPart: boolean;
  readonly signal: AbortSignal;
  /** The paths that were named. */
  readonly paths: readonly string[];
}

/** What is written. */
interface Kept {
  readonly format: OutputFormat;
  /** The file to write; standard output where there is none. */
  readonly out: string | undefined;
  /** The file of the summary table. */
  readonly summary: string | undefined;
}

/** Where results go. */
interface AnalysisOutput {
  /** Of the files, those that need no more work. */
  readonly done: ReadonlySet<string>;
  /** How many lines of earlier results could not be read. */
  readonly droppedLines: number;
  append(result: FileResult): Promise<void>;
  close(): Promise<void>;
}

/** Where the results are kept as they come, as JSON Lines; `undefined` where the analysis cannot be resumed. */
export function keptResults({ out, format, summary }: Kept): string | undefined {
  const written = out ?? summary;
  if (written === undefined || holdsOneRecording(format)) return undefined;
  return out !== undefined && format === "jsonl" ? out : `${written}.partial.jsonl`;
}

/** Opens what writes the results of files. @throws UndertoneError as `openResults` */
export async function openOutput(
  found: FoundAudio,
  options: OutputOptions,
): Promise<AnalysisOutput> {
  const { files } = found;
  const kept = keptResults(options);
  const printer = together(await printersOf(options));
  const { isPart } = options;
  if (kept === undefined) return inOrder(found, printer, isPart);
  const results = await openResults(kept, { ...options, files });
  const done = new Set(results.done);
  let hasAnalysis = isPart || done.size > 0;
  let lacksWords = false;
  return {
    done: results.done,
    droppedLines: results.droppedLines,
    async append(result) {
      await printer.prepare(result);
      await results.append(result);
      done.add(result.file);
      hasAnalysis ||= !isOnlyFailure(result, files.length);
      lacksWords ||= "untranscribed" in result;
    },
    async close() {
      await results.close();
      const isComplete = files.every(({ file }) => done.has(file));
      if (isComplete) await printAll(kept, found, { printer, isPart });
      // With them the words that a transcriber failed to give can be asked for again.
      const isNeeded = kept === options.out || !isComplete || lacksWords;
      if (!hasAnalysis || !isNeeded) await rm(kept);
    },
  };
}

/** What writes a format is loaded with it. */
async function printersOf(options: OutputOptions): Promise<AnalysisPrinter[]> {
  const { out, summary, bom, fields } = options;
  const table: AnalysisPrinter[] = [];
  if (summary !== undefined) {
    const { createSummary } = await import("./summary-file.ts");
    table.push(createSummary(summary, { bom, fields }));
  }
  const isKept = keptResults(options) === out && out !== undefined;
  return isKept ? table : [await mainPrinter(options), ...table];
}

async function mainPrinter(options: OutputOptions): Promise<AnalysisPrinter> {
  const { out, format, bom, paths } = options;
  // Only a name of a file asks for pages.
  if (format === "list" || format === "page") {
    const { createList, createPage } = await import("./analysis-pages.ts");
    const given = { ...options, out: out! };
    return format === "list" ? createList(given, paths) : createPage(given);
  }
  if (format === "parquet") {
    const { createParquet } = await import("./analysis-parquet.ts");
    return createParquet({ ...options, out: out! });
  }
  const sink = out === undefined ? standardOutput : fileSink(out);
  return createPrinter(format, { ...options, sink, bom: bom && format === "csv" });
}

/** Returns printers as one. */
function together(printers: readonly AnalysisPrinter[]): Required<AnalysisPrinter> {
  return {
    prepare: async (result) => {
      for (const printer of printers) await printer.prepare?.(result);
    },
    print: async (result) => {
      for (const printer of printers) await printer.print(result);
    },
    end: async (state) => {
      for (const printer of printers) await printer.end(state);
    },
  };
}

/** Prints results that were kept as JSON Lines, in the order of the files. */
async function printAll(
  path: string,
  found: FoundAudio,
  { printer, isPart }: { readonly printer: AnalysisPrinter; readonly isPart: boolean },
): Promise<void> {
  const ordered = inOrder(found, printer, isPart);
  const kept = await open(path);
  for await (const line of kept.readLines()) {
    const result: FileResult = JSON.parse(line);
    await ordered.append(result);
  }
  await ordered.close();
}

/** Prints results in the order of the files, in whatever order they come. */
function inOrder(
  { files, ignored }: FoundAudio,
  printer: AnalysisPrinter,
  isPart: boolean,
): AnalysisOutput {
  const early = new Map<string, FileResult>();
  const queue = files.map(({ file }) => file);
  let next = 0;
  let hasAnalysis = isPart;
  return {
    done: new Set<string>(),
    droppedLines: 0,
    append: async (result) => {
      early.set(result.file, result);
      for (let ready = early.get(queue[next]!); ready; ready = early.get(queue[++next]!)) {
        early.delete(ready.file);
        await printer.print(ready);
        hasAnalysis ||= !isOnlyFailure(ready, queue.length);
      }
    },
    close: () => printer.end({ isComplete: hasAnalysis && next === queue.length, ignored }),
  };
}

/** Whether a result is the failure of the only file, of which no file is kept, so that the corrected command can write it. */
const isOnlyFailure = (result: FileResult, total: number): boolean =>
  total === 1 && "error" in result;
