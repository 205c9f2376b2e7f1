import { open, rm } from "node:fs/promises";
import type { AnalysisSettings, FileResult } from "../recognition/file-result.node.ts";
import type { FoundAudio } from "../recognition/find-audio.node.ts";
import { openResults } from "../recognition/results-file.node.ts";
import type { AnalysisFormat } from "./analyze.ts";
import {
  createPrinter,
  holdsOneRecording,
  type AnalysisPrinter,
  type PrinterOptions,
} from "./print-analysis.ts";
import { fileSink, standardOutput } from "./sink.ts";

interface OutputOptions {
  readonly format: AnalysisFormat;
  /** The file to write; standard output where there is none. */
  readonly out: string | undefined;
  readonly bom: boolean;
  /** @see PrinterOptions */
  readonly moments: PrinterOptions["moments"];
  readonly resume: boolean;
  readonly settings: AnalysisSettings;
}

/** Where results go. */
interface AnalysisOutput {
  /** Of the files, those that need no more work. */
  readonly done: ReadonlySet<string>;
  append(result: FileResult): Promise<void>;
  close(): Promise<void>;
}

/** Whether an interrupted analysis can be resumed: the results of all files are kept as they come. */
export function isResumable({ out, format }: Pick<OutputOptions, "out" | "format">): boolean {
  return out !== undefined && !holdsOneRecording(format);
}

/** Opens what writes the results of files. @throws UndertoneError as `openResults` */
export async function openOutput(
  found: FoundAudio,
  options: OutputOptions,
): Promise<AnalysisOutput> {
  const { format, out, bom, moments } = options;
  const { files } = found;
  const sink = out === undefined ? standardOutput : fileSink(out);
  const printer = createPrinter(format, { sink, bom, moments });
  if (out === undefined || !isResumable(options)) return inOrder(found, printer);
  if (format === "jsonl") return openResults(out, { ...options, files });
  const kept = `${out}.partial.jsonl`;
  const results = await openResults(kept, { ...options, files });
  const done = new Set(results.done);
  return {
    done: results.done,
    async append(result) {
      await results.append(result);
      done.add(result.file);
    },
    async close() {
      await results.close();
      if (!files.every(({ file }) => done.has(file))) return;
      await printAll(kept, found, printer);
      await rm(kept);
    },
  };
}

/** Prints results that were kept as JSON Lines, in the order of the files. */
async function printAll(path: string, found: FoundAudio, printer: AnalysisPrinter): Promise<void> {
  const ordered = inOrder(found, printer);
  const kept = await open(path);
  for await (const line of kept.readLines()) {
    const result: FileResult = JSON.parse(line);
    await ordered.append(result);
  }
  await ordered.close();
}

/** Prints results in the order of the files, in whatever order they come. */
function inOrder({ files, ignored }: FoundAudio, printer: AnalysisPrinter): AnalysisOutput {
  const early = new Map<string, FileResult>();
  const queue = files.map(({ file }) => file);
  let next = 0;
  return {
    done: new Set<string>(),
    append: async (result) => {
      early.set(result.file, result);
      for (let ready = early.get(queue[next]!); ready; ready = early.get(queue[++next]!)) {
        early.delete(ready.file);
        await printer.print(ready);
      }
    },
    close: () => printer.end({ isComplete: next === queue.length, ignored }),
  };
}
