import { once } from "node:events";
import { relative } from "node:path";
import type { Analysis, Segment } from "../recognition/analysis.ts";
import type { FileResult } from "../recognition/file-result.node.ts";
import { formatTable } from "./table.ts";

/** Prints results one after the other, in the order in which they are handed over. */
export interface AnalysisPrinter {
  print(result: FileResult): Promise<void>;
  end(): Promise<void>;
}

export type AnalysisFormat = "table" | "json" | "jsonl" | "csv";

async function write(text: string): Promise<void> {
  if (!process.stdout.write(text)) await once(process.stdout, "drain");
}

function clock(seconds: number): string {
  const tenths = Math.round(seconds * 10);
  const minutes = Math.floor(tenths / 600);
  const rest = ((tenths % 600) / 10).toFixed(1).padStart(4, "0");
  if (minutes < 60) return `${minutes}:${rest}`;
  return `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, "0")}:${rest}`;
}

const percent = (share: number): string => `${Math.round(share * 100)} %`;

function runnerUp({ emotion, probabilities }: Segment): string {
  const others = Object.entries(probabilities ?? {}).filter(([label]) => label !== emotion);
  const [best] = others.toSorted(([, a], [, b]) => b - a);
  return best === undefined ? "" : `${best[0]} ${percent(best[1])}`;
}

const place = (file: string): string => {
  const near = relative(process.cwd(), file);
  return near.startsWith("..") ? file : near;
};

function timeline(segments: readonly Segment[]): string {
  const rows = segments.map((segment) => [
    clock(segment.startSec),
    clock(segment.endSec),
    segment.emotion ?? "no speech",
    segment.confidence === null ? "" : percent(segment.confidence),
    runnerUp(segment),
  ]);
  return formatTable(["from", "to", "emotion", "confidence", "or"], rows);
}

function summary(file: string, analysis: Analysis): string[] {
  const { durationSec, speechSec, shares, confidence } = analysis;
  const emotions = Object.entries(shares)
    .filter(([, share]) => share >= 0.05)
    .toSorted(([, a], [, b]) => b - a)
    .map(([label, share]) => (share > 0.995 ? label : `${label} ${percent(share)}`));
  return [
    place(file),
    clock(durationSec),
    clock(speechSec),
    emotions.join(", ") || "no speech",
    confidence === null ? "" : percent(confidence),
  ];
}

/** For people: one file with its timeline, or a line a file. */
function tablePrinter(): AnalysisPrinter {
  const results: FileResult[] = [];
  return {
    print: async (result) => {
      const isFirst = results.length === 0;
      results.push("error" in result || isFirst ? result : { ...result, segments: [] });
    },
    end: async () => {
      const rows = results.flatMap((result) =>
        "error" in result ? [] : [summary(result.file, result)],
      );
      if (rows.length === 0) return;
      await write(`${formatTable(["file", "length", "speech", "emotions", "confidence"], rows)}\n`);
      const [only] = results;
      if (results.length === 1 && only !== undefined && "segments" in only) {
        await write(`\n${timeline(only.segments)}\n`);
      }
    },
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

const quoted = (cell: string | number | null): string =>
  /[",\r\n]/.test(String(cell ?? "")) ? `"${String(cell).replaceAll('"', '""')}"` : `${cell ?? ""}`;

/** A row a segment, a row with `error` for a file that failed; the first analysed file names the labels. */
function csvPrinter(): AnalysisPrinter {
  let labels: readonly string[] | undefined;
  const waiting: FileResult[] = [];
  const header = async (): Promise<void> => {
    const columns = ["file", "startSec", "endSec", "emotion", "confidence", "error"];
    const names = [...columns, ...(labels ?? []).map((label) => `p_${label}`)];
    await write(`${names.map(quoted).join(",")}\n`);
    for (const result of waiting.splice(0)) await rows(result);
  };
  const rows = async (result: FileResult): Promise<void> => {
    if ("error" in result) {
      const cells = [result.file, null, null, null, null, result.error.message];
      await write(`${[...cells, ...(labels ?? []).map(() => null)].map(quoted).join(",")}\n`);
      return;
    }
    for (const { startSec, endSec, emotion, confidence, probabilities } of result.segments) {
      const chances = (labels ?? []).map((label) => probabilities?.[label] ?? null);
      const cells = [result.file, startSec, endSec, emotion, confidence, null, ...chances];
      await write(`${cells.map(quoted).join(",")}\n`);
    }
  };
  return {
    print: async (result) => {
      if (labels !== undefined) return rows(result);
      waiting.push(result);
      if ("error" in result) return;
      labels = Object.keys(result.shares);
      await header();
    },
    end: async () => {
      if (labels === undefined) await header();
    },
  };
}

const printers: Readonly<Record<AnalysisFormat, () => AnalysisPrinter>> = {
  table: tablePrinter,
  json: jsonPrinter,
  jsonl: jsonlPrinter,
  csv: csvPrinter,
};

/** A printer to standard output. */
export function createPrinter(format: AnalysisFormat): AnalysisPrinter {
  return printers[format]();
}
